// What filters answer: error numbers and their limit, 0, calls that nobody traces or is notified of, the highest result
// of several filters; also for calls that a recorder might answer or refuse by itself.
#include "guest.h"

#include "filter.h"

// Without errno.
static long raw(long number, long a, long b, long c) {
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(number), "D"(a), "S"(b), "d"(c) : "rcx", "r11", "memory");
    return result;
}

static void answers(long number, unsigned value, long result) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(FILTER_INSTALL(0, FILTER_FOR(number, value)) == 0);
        unsigned long mask[16];
        long got = raw(number, 0, sizeof mask, (long)mask);
        if (got != result) dprintf(2, "call %ld with %#x: %ld instead of %ld\n", number, value, got, result);
        _exit(got == result ? 0 : 1);
    }
    CHECK(guest_wait_exit(pid) == 0);
}

int main(void) {
    filter_prepare();
    answers(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_getppid, SECCOMP_RET_ERRNO, 0);
    answers(SYS_getppid, SECCOMP_RET_ERRNO | 4095, -4095);
    answers(SYS_getppid, SECCOMP_RET_ERRNO | 0xffff, -4095);
    answers(SYS_getppid, SECCOMP_RET_TRACE | 3, -ENOSYS);
    answers(SYS_getppid, SECCOMP_RET_USER_NOTIF, -ENOSYS);
    answers(SYS_getppid, SECCOMP_RET_LOG, getpid());
    answers(SYS_getppid, SECCOMP_RET_ALLOW | 9, getpid());
    answers(SYS_sched_getaffinity, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_io_uring_setup, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_perf_event_open, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_ptrace, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_prctl, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_mmap, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(100000, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_execve, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);
    answers(SYS_fork, SECCOMP_RET_ERRNO | EXDEV, -EXDEV);

    // The highest of several; of equal ones that of the newest filter.
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV)) == 0);
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)) == 0);
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_TRACE)) == 0);
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_LOG)) == 0);
    CHECK(raw(SYS_getppid, 0, 0, 0) == -EDOM);
    return guest_success();
}
