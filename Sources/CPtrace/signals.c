// The signals of the recorder and the replayer themselves.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

// Whether a signal comes from a process that this one traces. Called in handlers: the sender is then still in its kill(2),
// or in a stop behind it.
static bool comes_from_tracee(const siginfo_t *info) {
    // SI_USER, SI_TKILL, SI_QUEUE: where there is no sender, si_pid is something else.
    if (info->si_code > 0 || info->si_pid <= 0)
        return false;
    // "/proc/" and a number: snprintf(3) is not async-signal-safe.
    char path[40] = "/proc/", digits[12], text[1024];
    size_t count = 0, length = 6;
    for (int rest = info->si_pid; rest; rest /= 10)
        digits[count++] = (char)('0' + rest % 10);
    while (count)
        path[length++] = digits[--count];
    memcpy(path + length, "/status", sizeof "/status");
    int error = errno;
    bool is_traced = false;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd != -1) {
        // TracerPid is among the first lines.
        ssize_t got = read(fd, text, sizeof text - 1);
        close(fd);
        text[got > 0 ? got : 0] = 0;
        const char *found = strstr(text, "\nTracerPid:\t");
        if (found) {
            long tracer = 0;
            for (const char *digit = found + strlen("\nTracerPid:\t"); *digit >= '0' && *digit <= '9'; digit++)
                tracer = tracer * 10 + (*digit - '0');
            is_traced = tracer == getpid();
        }
    }
    errno = error;
    return is_traced;
}

static volatile sig_atomic_t termination_requests;

static void note_termination(int number, siginfo_t *info, void *context) {
    (void)number, (void)context;
    if (!comes_from_tracee(info))
        termination_requests++;
}

// What other signals do to the recorder: the default, or Swift's runtime reports a crash.
static struct sigaction usual_actions[NSIG];

// The program may send a signal to its process group, to which the recorder belongs: that is for the program alone. From
// anybody else it does what it usually does.
static void pass_over_tracees(int number, siginfo_t *info, void *context) {
    (void)context;
    if (comes_from_tracee(info))
        return;
    sigaction(number, &usual_actions[number], NULL);
    // A fault comes again by itself. What was sent is sent once more, and delivered when this handler returns.
    if (info->si_code <= 0)
        syscall(SYS_tgkill, getpid(), (pid_t)syscall(SYS_gettid), number);
}

static int set_handler(int number, void (*handler)(int, siginfo_t *, void *), int flags) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | flags};
    return sigaction(number, &action, NULL);
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
    for (int number = 1; number < NSIG; number++) {
        switch (number) {
        // Ignored by default, or such that a job whose processes all stop is a stopped job.
        case SIGCHLD:
        case SIGCONT:
        case SIGURG:
        case SIGWINCH:
        case SIGTSTP:
        case SIGTTIN:
        case SIGTTOU: continue;
        }
        struct sigaction *usual = &usual_actions[number];
        if (sigaction(number, NULL, usual) == 0 && usual->sa_handler != SIG_IGN)
            set_handler(number, pass_over_tracees, SA_RESTART | (usual->sa_flags & SA_ONSTACK));
    }
    return set_handler(SIGTERM, note_termination, 0) == -1 ? -errno : 0;
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
