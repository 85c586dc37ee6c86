// One thread computes without a system call, while two others make system calls all the time until it is done.
// libs: -lpthread
#include "compete.h"

static volatile bool done;
static volatile uint64_t value = 1;
static uint64_t calls[3];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(3);
    if (own == 0) {
        for (int i = 0; i < 20000000; i++) value = value * 6364136223846793005 + 1;
        done = true;
        return NULL;
    }
    for (; !done; calls[own]++) CHECK(own == 1 ? getppid() > 0 : sched_yield() == 0);
    return NULL;
}

int main(void) {
    run_threads(3, work);
    printf("%lu and %lu calls for %016lx\n", calls[1], calls[2], value);
    return guest_success();
}
