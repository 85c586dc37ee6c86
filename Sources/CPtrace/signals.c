// The signals of the recorder and the replayer themselves.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

static volatile sig_atomic_t termination_requests;

static void note_termination(int number) {
    (void)number;
    termination_requests++;
}

static volatile sig_atomic_t ticks;

// Makes a wait return EINTR, and tells one who never waits for long that time has passed.
static void tick(int number) {
    (void)number;
    ticks = 1;
}

int32_t cptrace_set_ticker(int64_t interval_us, int64_t first_us) {
    // Without SA_RESTART: the point is to interrupt wait4(2).
    struct sigaction action = {.sa_handler = tick};
    if (sigaction(SIGALRM, &action, NULL) == -1)
        return -errno;
    struct timeval interval = {interval_us / 1000000, interval_us % 1000000};
    struct timeval first = {first_us / 1000000, first_us % 1000000};
    struct itimerval timer = {interval, first};
    return setitimer(ITIMER_REAL, &timer, NULL) == -1 ? -errno : 0;
}

int32_t cptrace_prepare_signals(uint64_t *inherited_ignored, uint64_t *inherited_mask) {
    *inherited_ignored = 0;
    for (int number = 1; number < NSIG; number++) {
        struct sigaction action;
        if (sigaction(number, NULL, &action) == 0 && action.sa_handler == SIG_IGN)
            *inherited_ignored |= 1ull << (number - 1);
    }
    uint64_t none = 0;
    if (syscall(SYS_rt_sigprocmask, SIG_SETMASK, &none, inherited_mask, sizeof none) == -1)
        return -errno;
    // SIGXFSZ: a recording that reaches RLIMIT_FSIZE ends with EFBIG, and not with the death of the recorder.
    static const int ignored[] = {SIGINT, SIGQUIT, SIGHUP, SIGPIPE, SIGXFSZ};
    struct sigaction ignore = {.sa_handler = SIG_IGN};
    for (size_t index = 0; index < sizeof ignored / sizeof *ignored; index++)
        if (sigaction(ignored[index], &ignore, NULL) == -1)
            return -errno;
    struct sigaction terminate = {.sa_handler = note_termination};
    return sigaction(SIGTERM, &terminate, NULL) == -1 ? -errno : 0;
}

int32_t cptrace_take_termination_requests(void) {
    int32_t count = termination_requests;
    termination_requests = 0;
    return count;
}

bool cptrace_take_tick(void) {
    if (!ticks)
        return false;
    ticks = 0;
    return true;
}

void cptrace_yield(void) { sched_yield(); }
