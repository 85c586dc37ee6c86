// A bounded buffer with a mutex and two condition variables; three threads put items in, three take them and compute.
// libs: -lpthread
#include "compete.h"

enum { capacity = 5, each = 100 };
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t not_empty = PTHREAD_COND_INITIALIZER, not_full = PTHREAD_COND_INITIALIZER;
static uint64_t buffer[capacity], put_count, taken_count, order, sums[3];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < each; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        if (own < 3) {
            while (put_count - taken_count == capacity) CHECK(pthread_cond_wait(&not_full, &mutex) == 0);
            buffer[put_count++ % capacity] = (uint64_t)(own * each + i);
            CHECK(pthread_cond_signal(&not_empty) == 0 && pthread_mutex_unlock(&mutex) == 0);
            continue;
        }
        while (put_count == taken_count) CHECK(pthread_cond_wait(&not_empty, &mutex) == 0);
        uint64_t item = buffer[taken_count++ % capacity];
        order = order * 31 + item;
        CHECK(pthread_cond_signal(&not_full) == 0 && pthread_mutex_unlock(&mutex) == 0);
        sums[own - 3] += item;
        for (volatile int k = 0; k < 50000; k++) continue;
    }
    return NULL;
}

int main(void) {
    run_threads(6, work);
    CHECK(sums[0] + sums[1] + sums[2] == 300 * 299 / 2);
    printf("order %016lx\n", order);
    return guest_success();
}
