// exit_group by one thread while three others compute and a fifth is blocked.
// expect-exit: 5
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns[5];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own < 3)
        for (;;) turns[own]++;
    if (own == 3)
        for (;;) pause();
    while (turns[0] == 0 || turns[1] == 0 || turns[2] == 0) sched_yield();
    printf("turns %lu, %lu, %lu\n", turns[0], turns[1], turns[2]);
    guest_success();
    _exit(5);
}

int main(void) {
    run_threads(5, work);
    CHECK(!"ended");
}
