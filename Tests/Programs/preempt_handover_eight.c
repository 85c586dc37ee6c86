// Eight threads hand a counter around by spinning with pauses.
// libs: -lpthread
#include "compete.h"

static int turn;
static uint64_t spins[8];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 2; i++) {
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) % 8 != own) {
            spins[own]++;
            __builtin_ia32_pause();
        }
        __atomic_store_n(&turn, turn + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void) {
    run_threads(8, work);
    CHECK(turn == 16);
    for (int i = 0; i < 8; i++) printf("thread %d spun %lu times\n", i, spins[i]);
    return guest_success();
}
