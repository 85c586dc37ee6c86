// exec keeps blocked, ignored and pending signals, and resets handlers.
#include "guest.h"

static void handler(int signal) { CHECK(signal == 0); }

int main(int argc, char **argv) {
    (void)argv;
    sigset_t set;
    if (argc == 2) {
        struct sigaction action;
        CHECK(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, SIGUSR1) && !sigismember(&set, SIGHUP));
        CHECK(sigaction(SIGHUP, NULL, &action) == 0 && action.sa_handler == SIG_DFL);
        CHECK(sigaction(SIGINT, NULL, &action) == 0 && action.sa_handler == SIG_IGN);
        CHECK(sigpending(&set) == 0 && sigismember(&set, SIGUSR1));
        siginfo_t info;
        CHECK(sigwaitinfo(&set, &info) == SIGUSR1 && info.si_pid == getpid());
        printf("still pending from %d\n", info.si_pid);
        return guest_success();
    }
    sigemptyset(&set), sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_SETMASK, &set, NULL) == 0);
    CHECK(signal(SIGHUP, handler) != SIG_ERR && signal(SIGINT, SIG_IGN) != SIG_ERR);
    CHECK(kill(getpid(), SIGUSR1) == 0);
    execl("/proc/self/exe", "again", "x", (char *)NULL);
    CHECK(!"exec returned");
}
