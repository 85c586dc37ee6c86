// kill(getpid()) runs the handler before the call returns; siginfo says who sent it.
#include "guest.h"

static volatile int handled;
static volatile siginfo_t got;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGUSR1 && context != NULL);
    got = *info;
    handled++;
}

int main(void) {
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    for (int i = 1; i <= 10; i++) {
        CHECK(kill(getpid(), SIGUSR1) == 0);
        CHECK(handled == i);
        CHECK(got.si_code == SI_USER && got.si_pid == getpid() && got.si_uid == getuid());
    }
    CHECK(raise(SIGUSR1) == 0 && handled == 11 && got.si_code == SI_TKILL);
    printf("%d signals, the last from %d\n", handled, got.si_pid);
    return guest_success();
}
