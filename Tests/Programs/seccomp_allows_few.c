// A filter that kills for all but a few calls, in a program that computes, gets signals and sleeps.
#include "guest.h"

#include "filter.h"

#include <sys/time.h>

static volatile int rings;
static void ring(int signal) { rings += signal == SIGALRM; }

int main(void) {
    CHECK(signal(SIGALRM, ring) != SIG_ERR);
    // No exec, no mmap: all that it needs is there already.
    printf("before\n");
    filter_prepare();
    CHECK(FILTER_INSTALL(0, FILTER_LOAD(nr), FILTER_CALL(SYS_write, SECCOMP_RET_ALLOW),
                         FILTER_CALL(SYS_exit_group, SECCOMP_RET_ALLOW), FILTER_CALL(SYS_rt_sigreturn, SECCOMP_RET_ALLOW),
                         FILTER_CALL(SYS_setitimer, SECCOMP_RET_ALLOW), FILTER_CALL(SYS_getppid, SECCOMP_RET_ALLOW),
                         FILTER_CALL(SYS_clock_nanosleep, SECCOMP_RET_ALLOW),
                         FILTER_CALL(SYS_sched_getaffinity, SECCOMP_RET_ALLOW), FILTER_CALL(SYS_uname, SECCOMP_RET_ERRNO | EDOM),
                         FILTER_RETURN(SECCOMP_RET_KILL_PROCESS)) == 0);
    struct itimerval often = {{0, 3000}, {0, 3000}}, never = {{0, 0}, {0, 0}};
    CHECK(syscall(SYS_setitimer, ITIMER_REAL, &often, NULL) == 0);
    volatile unsigned long sum = 0;
    while (rings < 4)
        for (int i = 0; i < 1000; i++) sum += (unsigned)i;
    while (rings < 8) CHECK(syscall(SYS_uname, NULL) == -1 && errno == EDOM);
    while (rings < 12) {
        struct timespec second = {1, 0};
        CHECK(syscall(SYS_clock_nanosleep, CLOCK_MONOTONIC, 0, &second, NULL) == -1 && errno == EINTR);
    }
    CHECK(syscall(SYS_setitimer, ITIMER_REAL, &never, NULL) == 0);
    unsigned long mask[16];
    CHECK(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) > 0);
    printf("sum %lu\n", sum);
    return guest_success();
}
