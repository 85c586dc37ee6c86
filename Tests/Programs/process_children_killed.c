// Each deadly signal shows in the wait status of the child that it killed.
#include "guest.h"

#include <sys/resource.h>

int main(void) {
    static const int signals[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP, SIGABRT,   SIGBUS,
                                  SIGFPE,  SIGKILL, SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE,   SIGALRM,
                                  SIGTERM, SIGXCPU, SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGSYS};
    CHECK(setrlimit(RLIMIT_CORE, &(struct rlimit){0, 0}) == 0);
    for (size_t i = 0; i < sizeof signals / sizeof *signals; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            signal(signals[i], SIG_DFL);
            kill(getpid(), signals[i]);
            _exit(1);
        }
        CHECK(guest_wait_signal(child) == signals[i]);
        printf("%d died of %s\n", child, sigabbrev_np(signals[i]));
    }
    return guest_success();
}
