// Signals that come while a thread computes, without room in the queue of pending signals (RLIMIT_SIGPENDING): the kernel
// keeps room for those of timers. None is lost, and each has its value.
#include "guest.h"

#include <sys/resource.h>

static volatile int hits;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)context;
    CHECK(signal == SIGRTMIN && info->si_code == SI_TIMER && info->si_value.sival_int == 4711);
    hits++;
}

int main(void) {
    CHECK(sigaction(SIGRTMIN, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN, .sigev_value.sival_int = 4711};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    CHECK(setrlimit(RLIMIT_SIGPENDING, &(struct rlimit){0, 0}) == 0);
    uint64_t turns = 0;
    for (int i = 1; i <= 5; i++) {
        CHECK(timer_settime(timer, 0, &(struct itimerspec){.it_value.tv_nsec = 2000000}, NULL) == 0);
        while (hits < i) turns++;
    }
    printf("%lu turns\n", turns);
    return guest_success();
}
