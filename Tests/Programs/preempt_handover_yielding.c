// Four threads hand a counter around in loops of sched_yield.
// libs: -lpthread
#include "compete.h"

static int turn;
static uint64_t yields[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 50; i++) {
        while (__atomic_load_n(&turn, __ATOMIC_ACQUIRE) % 4 != own) {
            yields[own]++;
            CHECK(sched_yield() == 0);
        }
        __atomic_store_n(&turn, turn + 1, __ATOMIC_RELEASE);
    }
    return NULL;
}

int main(void) {
    run_threads(4, work);
    CHECK(turn == 200);
    printf("yielded %lu, %lu, %lu, %lu times\n", yields[0], yields[1], yields[2], yields[3]);
    return guest_success();
}
