// A handler that leaves a busy loop by plain longjmp leaves its signal blocked, until it is unblocked by hand.
#include "guest.h"

#include <setjmp.h>
#include <sys/time.h>

static jmp_buf place;
static volatile uint64_t turns;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    longjmp(place, 1);
}

int main(void) {
    sigset_t alarm, now;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    for (volatile int round = 0; round < 4; round++) {
        if (setjmp(place) == 0) {
            CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 5000}}, NULL) == 0);
            for (;;) turns++;
        }
        CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGALRM) == 1);
        CHECK(sigprocmask(SIG_UNBLOCK, &alarm, NULL) == 0);
        printf("left at %lu\n", turns);
    }
    return guest_success();
}
