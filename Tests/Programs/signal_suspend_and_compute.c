// Computation with a timer's signal blocked, and sigsuspend to take it, in turns.
#include "guest.h"

#include <sys/time.h>

static volatile int ticks;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    ticks++;
}

int main(void) {
    sigset_t alarm, old;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, &old) == 0);
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 8000}, {0, 8000}}, NULL) == 0);
    volatile uint64_t value = guest_random();
    for (int round = 1; round <= 6; round++) {
        for (int i = 0; i < 4000000; i++) value = value * 6364136223846793005 + 1;
        CHECK(ticks == round - 1);
        CHECK(sigsuspend(&old) == -1 && errno == EINTR && ticks == round);
    }
    printf("%016lx\n", value);
    return guest_success();
}
