// Two threads hand a counter to and fro by spinning without a system call.
// libs: -lpthread
#include "compete.h"

static int turn;
static uint64_t spins[2];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 20; i++) {
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) % 2 != own) spins[own]++;
        __atomic_store_n(&turn, turn + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void) {
    run_threads(2, work);
    CHECK(turn == 40);
    printf("spun %lu and %lu times\n", spins[0], spins[1]);
    return guest_success();
}
