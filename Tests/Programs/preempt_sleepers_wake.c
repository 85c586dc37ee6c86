// A thread computes until another has slept five times: whoever sleeps must get the processor back.
// libs: -lpthread
#include "compete.h"

static volatile int woken;
static volatile uint64_t turns;
static uint64_t seen[5];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own == 0)
        while (woken < 5) turns++;
    else
        for (int i = 0; i < 5; i++) {
            guest_sleep_ms(5);
            seen[i] = turns;
            woken++;
        }
    return NULL;
}

int main(void) {
    run_threads(2, work);
    for (int i = 0; i < 5; i++) printf("woken at %lu\n", seen[i]);
    return guest_success();
}
