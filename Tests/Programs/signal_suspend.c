// sigsuspend swaps the mask, waits for a signal from a child, and restores the mask.
#include "guest.h"

static volatile pid_t sender;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    sender = info->si_pid;
}

int main(void) {
    sigset_t set, old, now;
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    sigemptyset(&set), sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_await_state(parent, parent, 'S');
        CHECK(kill(parent, SIGUSR1) == 0);
        _exit(0);
    }
    CHECK(sigsuspend(&old) == -1 && errno == EINTR);
    CHECK(sender == child);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
    CHECK(guest_wait_exit(child) == 0);
    printf("woken by %d\n", sender);
    return guest_success();
}
