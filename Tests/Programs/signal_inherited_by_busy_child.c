// A forked child inherits the handler but not the timer; parent and child are busy, each with a timer of its own.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t turns;
static volatile int ticks;
static uint64_t digest;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    digest = digest * 31 + turns;
    ticks++;
}

int main(void) {
    struct itimerval interval = {{0, 10000}, {0, 10000}}, none = {0};
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &interval, NULL) == 0);
    while (ticks < 2) turns++;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(getitimer(ITIMER_REAL, &none) == 0 && none.it_interval.tv_usec == 0 && none.it_value.tv_usec == 0);
        interval.it_interval.tv_usec = interval.it_value.tv_usec = 7000;
        CHECK(setitimer(ITIMER_REAL, &interval, NULL) == 0);
    }
    for (int before = ticks; ticks < before + 3;) turns++;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    printf("%s: %016lx\n", child == 0 ? "child" : "parent", digest);
    if (child == 0) return 0;
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
