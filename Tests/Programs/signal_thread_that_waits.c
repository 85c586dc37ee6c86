// One thread takes a timer's signals by sigwaitinfo, while two others compute until it has five.
// libs: -lpthread
#include "compete.h"

#include <sys/time.h>

static volatile int taken;
static volatile uint64_t turns[3];
static uint64_t seen[5];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    sigset_t alarm;
    siginfo_t info;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    if (own > 0)
        while (taken < 5) turns[own]++;
    else
        for (int i = 0; i < 5; i++) {
            CHECK(sigwaitinfo(&alarm, &info) == SIGALRM && info.si_code == SI_KERNEL);
            seen[i] = turns[1] * 31 + turns[2];
            taken++;
        }
    return NULL;
}

int main(void) {
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    run_threads(3, work);
    for (int i = 0; i < 5; i++) printf("%lu\n", seen[i]);
    return guest_success();
}
