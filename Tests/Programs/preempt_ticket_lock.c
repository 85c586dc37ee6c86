// A ticket lock: three threads spin until it is their turn, in the order in which they drew tickets.
// libs: -lpthread
#include "compete.h"

static uint32_t next_ticket, serving;
static uint64_t order;
static uint64_t spins[3];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 8; i++) {
        uint32_t mine = __atomic_fetch_add(&next_ticket, 1, __ATOMIC_RELAXED);
        while (__atomic_load_n(&serving, __ATOMIC_ACQUIRE) != mine) {
            spins[own]++;
            __builtin_ia32_pause();
        }
        order = order * 4 + (uint64_t)own;
        __atomic_store_n(&serving, mine + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void) {
    run_threads(3, work);
    CHECK(next_ticket == 24 && serving == 24);
    printf("order %016lx, spun %lu, %lu, %lu\n", order, spins[0], spins[1], spins[2]);
    return guest_success();
}
