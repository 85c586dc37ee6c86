// Clocks through the library (the vDSO, if it is there) and through the bare call; each goes forward.
#include "guest.h"

#include <sys/time.h>

int main(void) {
    static const clockid_t clocks[] = {CLOCK_REALTIME,       CLOCK_MONOTONIC, CLOCK_MONOTONIC_RAW,
                                       CLOCK_REALTIME_COARSE, CLOCK_BOOTTIME, CLOCK_PROCESS_CPUTIME_ID,
                                       CLOCK_THREAD_CPUTIME_ID, CLOCK_TAI};
    for (size_t i = 0; i < sizeof clocks / sizeof *clocks; i++) {
        struct timespec library, bare, resolution;
        CHECK(clock_gettime(clocks[i], &library) == 0);
        CHECK(syscall(SYS_clock_gettime, clocks[i], &bare) == 0);
        CHECK(bare.tv_sec > library.tv_sec || (bare.tv_sec == library.tv_sec && bare.tv_nsec >= library.tv_nsec));
        CHECK(clock_getres(clocks[i], &resolution) == 0 && resolution.tv_nsec > 0);
        printf("clock %d: %ld.%09ld %ld.%09ld\n", clocks[i], library.tv_sec, library.tv_nsec, bare.tv_sec,
               bare.tv_nsec);
    }
    struct timeval now;
    time_t seconds;
    CHECK(gettimeofday(&now, NULL) == 0);
    CHECK(time(&seconds) >= now.tv_sec - 1 && labs(seconds - now.tv_sec) <= 1);
    CHECK(syscall(SYS_time, NULL) >= seconds);
    CHECK(clock_gettime(9999, &(struct timespec){0, 0}) == -1 && errno == EINVAL);
    printf("%ld.%06ld\n", now.tv_sec, now.tv_usec);
    return guest_success();
}
