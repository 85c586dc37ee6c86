// sched_yield gives way: while four threads yield in turns none is left far behind.
// libs: -lpthread
#include "compete.h"

static volatile int progress[4];
static volatile uint64_t order;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(4);
    for (int i = 0; i < 300; i++) {
        progress[own]++;
        order = order * 31 + (uint64_t)own;
        CHECK(sched_yield() == 0);
        // Nobody goes on before all have come to within 50.
        for (int k = 0; k < 4; k++)
            while (progress[k] < i - 50) sched_yield();
    }
    return NULL;
}

int main(void) {
    run_threads(4, work);
    printf("order %016lx\n", order);
    return guest_success();
}
