// A ring without locks: one producer spins while it is full, one consumer while it is empty.
// libs: -lpthread
#include "compete.h"

enum { capacity = 64, items = 1000 };
static uint64_t ring[capacity], head, tail, spins[2], sum;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (uint64_t i = 0; i < items; i++) {
        if (own == 0) {
            while (head - __atomic_load_n(&tail, __ATOMIC_ACQUIRE) == capacity) spins[0]++;
            ring[head % capacity] = i * i;
            __atomic_store_n(&head, head + 1, __ATOMIC_RELEASE);
        } else {
            while (__atomic_load_n(&head, __ATOMIC_ACQUIRE) == tail) spins[1]++;
            CHECK(ring[tail % capacity] == i * i);
            sum += i * i;
            __atomic_store_n(&tail, tail + 1, __ATOMIC_RELEASE);
        }
    }
    return NULL;
}

int main(void) {
    run_threads(2, work);
    CHECK(head == items && tail == items);
    printf("sum %lu, full %lu times, empty %lu times\n", sum, spins[0], spins[1]);
    return guest_success();
}
