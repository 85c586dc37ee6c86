// A bounded queue without locks for two producers and two consumers, with a sequence number in each cell.
// libs: -lpthread
#include "compete.h"

enum { capacity = 128, each = 600 };
static struct {
    uint64_t sequence, value;
} cells[capacity];
static uint64_t put_at, take_at, spins[4], sums[4];

static void put(uint64_t value, uint64_t *spun) {
    uint64_t at = __atomic_fetch_add(&put_at, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&cells[at % capacity].sequence, __ATOMIC_ACQUIRE) != at) ++*spun;
    cells[at % capacity].value = value;
    __atomic_store_n(&cells[at % capacity].sequence, at + 1, __ATOMIC_RELEASE);
}

static uint64_t take(uint64_t *spun) {
    uint64_t at = __atomic_fetch_add(&take_at, 1, __ATOMIC_RELAXED);
    while (__atomic_load_n(&cells[at % capacity].sequence, __ATOMIC_ACQUIRE) != at + 1) ++*spun;
    uint64_t value = cells[at % capacity].value;
    __atomic_store_n(&cells[at % capacity].sequence, at + capacity, __ATOMIC_RELEASE);
    return value;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (uint64_t i = 0; i < each; i++) {
        if (own < 2) put((uint64_t)own * each + i, &spins[own]);
        else sums[own] += take(&spins[own]);
    }
    return NULL;
}

int main(void) {
    for (uint64_t i = 0; i < capacity; i++) cells[i].sequence = i;
    run_threads(4, work);
    CHECK(sums[2] + sums[3] == (uint64_t)each * (2 * each - 1));
    printf("sums %lu and %lu, spun %lu, %lu, %lu, %lu\n", sums[2], sums[3], spins[0], spins[1], spins[2], spins[3]);
    return guest_success();
}
