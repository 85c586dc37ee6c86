// A timer's handler leaves an endless loop by siglongjmp, six times.
#include "guest.h"

#include <setjmp.h>
#include <sys/time.h>

static sigjmp_buf place;
static volatile bool armed;
static volatile uint64_t turns;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    if (!armed) return;
    armed = false;
    siglongjmp(place, 1);
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    for (volatile int round = 0; round < 6; round++) {
        if (sigsetjmp(place, 1) == 0) {
            armed = true;
            for (;;) turns++;
        }
        printf("left at %lu\n", turns);
    }
    return guest_success();
}
