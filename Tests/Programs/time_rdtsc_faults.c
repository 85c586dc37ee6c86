// PR_SET_TSC: what was set is seen, is inherited, and makes rdtsc raise SIGSEGV.
#include "guest.h"

#include <setjmp.h>
#include <sys/prctl.h>

static sigjmp_buf back;
static volatile int code;
static void handle(int signal, siginfo_t *info, void *context) {
    (void)context;
    code = info->si_code;
    siglongjmp(back, signal);
}

// Whether rdtsc works.
static bool reads(void) {
    if (sigsetjmp(back, 1) != 0) return false;
    unsigned low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return true;
}

static int mode(void) {
    int mode = 0;
    CHECK(prctl(PR_GET_TSC, &mode) == 0);
    return mode;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    CHECK(mode() == PR_TSC_ENABLE && reads());
    CHECK(prctl(PR_SET_TSC, 5) == -1 && errno == EINVAL);
    CHECK(prctl(PR_GET_TSC, 8) == -1 && errno == EFAULT);
    CHECK(prctl(PR_SET_TSC, PR_TSC_SIGSEGV) == 0);
    CHECK(mode() == PR_TSC_SIGSEGV && !reads() && code == 128);
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        CHECK(mode() == PR_TSC_SIGSEGV && !reads());
        CHECK(prctl(PR_SET_TSC, PR_TSC_ENABLE) == 0);
        CHECK(mode() == PR_TSC_ENABLE && reads());
        _exit(3);
    }
    CHECK(guest_wait_exit(pid) == 3);
    CHECK(mode() == PR_TSC_SIGSEGV && !reads());
    CHECK(prctl(PR_SET_TSC, PR_TSC_ENABLE) == 0);
    CHECK(reads());
    return guest_success();
}
