// A signal that comes while it is blocked and the program computes arrives when it is unblocked, once.
#include "guest.h"

#include <sys/time.h>

static volatile int handled;
static volatile uint64_t turns;

static void handler(int signal) {
    CHECK(signal == SIGALRM || signal == SIGUSR1);
    handled = handled * 10 + (signal == SIGALRM ? 1 : 2);
}

int main(void) {
    sigset_t both, pending;
    sigemptyset(&both), sigaddset(&both, SIGALRM), sigaddset(&both, SIGUSR1);
    struct sigaction action = {.sa_handler = handler, .sa_mask = both};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    for (int round = 0; round < 3; round++) {
        handled = 0;
        CHECK(sigprocmask(SIG_BLOCK, &both, NULL) == 0);
        CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 5000}}, NULL) == 0);
        CHECK(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGUSR1) == 0);
        do {
            for (int i = 0; i < 100000; i++) turns++;
            CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) == 1);
        } while (sigismember(&pending, SIGALRM) == 0);
        for (int i = 0; i < 3000000; i++) turns++;
        CHECK(handled == 0);
        CHECK(sigprocmask(SIG_UNBLOCK, &both, NULL) == 0);
        CHECK(handled == 21);  // The lower number first.
        printf("pending before %lu\n", turns);
    }
    return guest_success();
}
