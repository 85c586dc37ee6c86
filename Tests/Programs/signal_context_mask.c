// A handler changes the signal mask that its return restores.
#include "guest.h"

#include <ucontext.h>

static volatile int handled;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)info;
    handled++;
    sigset_t now;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, signal) && sigismember(&now, SIGHUP));
    sigaddset(&((ucontext_t *)context)->uc_sigmask, SIGUSR2);
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigset_t now;
    sigaddset(&action.sa_mask, SIGHUP);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    // raise blocks all signals around the call and puts its own mask back: the change shows with a bare call.
    CHECK(syscall(SYS_tgkill, getpid(), gettid(), SIGUSR1) == 0 && handled == 2);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    CHECK(sigismember(&now, SIGUSR2) && !sigismember(&now, SIGUSR1) && !sigismember(&now, SIGHUP));
    printf("%d in %d\n", handled, getpid());
    return guest_success();
}
