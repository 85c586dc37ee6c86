// SIGPROF of a timer that counts user and system time, in a loop of computation and system calls.
#include "guest.h"

#include <sys/time.h>

static volatile int ticks;
static volatile uint64_t turns;
static uint64_t seen[5];

static void handler(int signal) {
    CHECK(signal == SIGPROF);
    if (ticks < 5) seen[ticks++] = turns;
}

int main(void) {
    CHECK(sigaction(SIGPROF, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    CHECK(setitimer(ITIMER_PROF, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (ticks < 5)
        if (++turns % 100000 == 0) CHECK(getppid() > 0);
    CHECK(setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 5; i++) printf("tick at %lu\n", seen[i]);
    return guest_success();
}
