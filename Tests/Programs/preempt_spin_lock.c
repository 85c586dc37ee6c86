// Four threads compute under a test-and-set lock and spin for it; who spun how often shows in the output.
// libs: -lpthread
#include "compete.h"

static int lock;
static volatile uint64_t value = 1;
static uint64_t spins[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 50; i++) {
        while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) spins[own]++;
        for (int k = 0; k < 50000; k++) value = value * 6364136223846793005 + 1;
        __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void) {
    run_threads(4, work);
    uint64_t expected = 1;
    for (int i = 0; i < 4 * 50 * 50000; i++) expected = expected * 6364136223846793005 + 1;
    CHECK(value == expected);
    for (int i = 0; i < 4; i++) printf("thread %d spun %lu times\n", i, spins[i]);
    return guest_success();
}
