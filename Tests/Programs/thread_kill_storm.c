// Three threads send 100 real time signals each to a fourth one, which spins until it has handled all.
// libs: -lpthread
#include "compete.h"

static volatile int handled;
static volatile uint64_t turns;
static volatile pthread_t target;
static uint64_t order;

static void handler(int signal) {
    order = order * 31 + turns + (uint64_t)(signal - SIGRTMIN);
    handled++;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own == 3) {
        target = pthread_self();
        while (handled < 300) turns++;
        return NULL;
    }
    while (target == 0) sched_yield();
    for (int i = 0; i < 100; i++) CHECK(pthread_kill(target, SIGRTMIN + (int)own) == 0);
    return NULL;
}

int main(void) {
    struct sigaction action = {.sa_handler = handler};
    sigfillset(&action.sa_mask);
    for (int i = 0; i < 3; i++) CHECK(sigaction(SIGRTMIN + i, &action, NULL) == 0);
    run_threads(4, work);
    CHECK(handled == 300);
    printf("%016lx\n", order);
    return guest_success();
}
