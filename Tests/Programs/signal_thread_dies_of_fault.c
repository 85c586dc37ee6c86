// A fault in one thread kills the process while three other threads compute.
// expect-signal: SIGSEGV
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own < 3)
        for (;;) turns[own]++;
    while (turns[0] == 0 || turns[1] == 0 || turns[2] == 0) sched_yield();
    printf("%d ends %d\n", gettid(), getpid());
    guest_success();
    *(volatile int *)8 = 1;
    return NULL;
}

int main(void) {
    run_threads(4, work);
    CHECK(!"survived");
}
