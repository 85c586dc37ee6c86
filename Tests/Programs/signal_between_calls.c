// A timer's signals meet a loop of short system calls and naps; each nap that a tick ended says how much was left.
#include "guest.h"

#include <sys/time.h>

static volatile int ticks;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    ticks++;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 7000}, {0, 7000}}, NULL) == 0);
    uint64_t naps = 0, interrupted = 0, left = 0;
    while (ticks < 8) {
        struct timespec nap = {0, 1000000}, rest;
        for (int i = 0; i < 20; i++) CHECK(getppid() > 0);
        if (nanosleep(&nap, &rest) == -1) {
            CHECK(errno == EINTR && rest.tv_sec == 0);
            interrupted++;
            left += (uint64_t)rest.tv_nsec;
        }
        naps++;
    }
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    printf("%lu naps, %lu interrupted, %lu ns left\n", naps, interrupted, left);
    return guest_success();
}
