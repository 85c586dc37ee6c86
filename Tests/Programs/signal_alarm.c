// alarm's return values, and pause until a repeating timer's signal.
#include "guest.h"

#include <sys/time.h>

static volatile int handled;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    handled++;
}

int main(void) {
    CHECK(signal(SIGALRM, handler) != SIG_ERR);
    CHECK(alarm(100) == 0);
    CHECK(alarm(0) >= 99);
    CHECK(alarm(0) == 0);
    // Repeating, since the first one may come before pause is reached.
    struct itimerval timer = {{0, 10000}, {0, 10000}}, old;
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    CHECK(pause() == -1 && errno == EINTR && handled >= 1);
    memset(&timer, 0, sizeof timer);
    CHECK(setitimer(ITIMER_REAL, &timer, &old) == 0 && old.it_interval.tv_usec == 10000);
    CHECK(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_value.tv_usec == 0);
    printf("left %ld us\n", old.it_value.tv_usec);
    return guest_success();
}
