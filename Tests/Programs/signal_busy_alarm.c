// SIGALRM of an interval timer in a busy loop; how far the loop was each time shows in the output.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t turns;
static volatile int ticks;
static uint64_t seen[6];

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    if (ticks < 6) seen[ticks++] = turns;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (ticks < 6) turns++;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 6; i++) printf("tick at %lu\n", seen[i]);
    return guest_success();
}
