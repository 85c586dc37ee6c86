// sigtimedwait, sigwaitinfo and sigwait take blocked signals with their values.
#include "guest.h"

int main(void) {
    sigset_t set;
    siginfo_t info;
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    struct timespec limit = {0, 2000000};
    CHECK(sigtimedwait(&set, &info, &limit) == -1 && errno == EAGAIN);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_await_state(parent, parent, 'S');
        CHECK(sigqueue(parent, SIGRTMIN, (union sigval){.sival_int = 12345}) == 0);
        CHECK(kill(parent, SIGUSR1) == 0);
        _exit(0);
    }
    limit = (struct timespec){20, 0};
    memset(&info, 0x77, sizeof info);
    CHECK(sigtimedwait(&set, &info, &limit) > 0);
    bool queued_first = info.si_signo == SIGRTMIN;
    if (!queued_first) CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
    CHECK(info.si_code == SI_QUEUE && info.si_pid == child && info.si_value.sival_int == 12345);
    int signal = 0;
    if (queued_first) CHECK(sigwait(&set, &signal) == 0 && signal == SIGUSR1);
    CHECK(guest_wait_exit(child) == 0);
    printf("value %d from %d\n", info.si_value.sival_int, info.si_pid);
    return guest_success();
}
