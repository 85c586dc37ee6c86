// A handler in a busy loop forks a child, and waits for it.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t turns;
static volatile int forked;
static uint64_t seen[4];

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    if (forked == 4) return;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 100000; i++) turns++;
        _exit((int)(turns % 100));
    }
    seen[forked] = turns;
    CHECK(guest_wait_exit(child) == (int)((turns + 100000) % 100));
    forked++;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (forked < 4) turns++;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 4; i++) printf("forked at %lu\n", seen[i]);
    return guest_success();
}
