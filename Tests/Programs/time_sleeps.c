// nanosleep, clock_nanosleep relative and absolute, usleep: time passes as asked.
#include "guest.h"

static long elapsed_ns(struct timespec from) {
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    return (now.tv_sec - from.tv_sec) * 1000000000 + now.tv_nsec - from.tv_nsec;
}

int main(void) {
    struct timespec start;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
    CHECK(nanosleep(&(struct timespec){0, 2000000}, NULL) == 0);
    long first = elapsed_ns(start);
    CHECK(first >= 2000000);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, 0, &(struct timespec){0, 2000000}, NULL) == 0);
    CHECK(elapsed_ns(start) >= first + 2000000);
    struct timespec until = {start.tv_sec, start.tv_nsec + 8000000};
    if (until.tv_nsec >= 1000000000) until.tv_sec++, until.tv_nsec -= 1000000000;
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == 0);
    CHECK(elapsed_ns(start) >= 8000000);
    CHECK(clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &start, NULL) == 0);  // Already past.
    CHECK(usleep(1000) == 0);
    CHECK(nanosleep(&(struct timespec){0, 1000000000}, NULL) == -1 && errno == EINVAL);
    printf("%ld ns of %ld ns\n", first, elapsed_ns(start));
    return guest_success();
}
