// timerfd: blocking read until it expires, counting expirations, gettime, absolute times.
#include "guest.h"

#include <sys/timerfd.h>

int main(void) {
    int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
    CHECK(timer >= 0);
    struct itimerspec setting = {.it_value = {0, 5000000}, .it_interval = {0, 1000000}}, current;
    CHECK(timerfd_settime(timer, 0, &setting, NULL) == 0);
    uint64_t first, more;
    CHECK(read(timer, &first, sizeof first) == sizeof first && first >= 1);
    guest_sleep_ms(5);
    CHECK(read(timer, &more, sizeof more) == sizeof more && more >= 2);
    CHECK(timerfd_gettime(timer, &current) == 0 && current.it_interval.tv_nsec == 1000000);
    struct timespec now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    setting = (struct itimerspec){.it_value = now};  // Already past.
    CHECK(timerfd_settime(timer, TFD_TIMER_ABSTIME, &setting, &current) == 0);
    CHECK(read(timer, &more, sizeof more) == sizeof more && more == 1);
    printf("%lu, then at %ld.%09ld, left %ld ns\n", first, now.tv_sec, now.tv_nsec, current.it_value.tv_nsec);
    return guest_success();
}
