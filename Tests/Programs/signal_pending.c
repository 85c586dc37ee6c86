// Blocked signals stay pending and arrive when sigprocmask unblocks them; ordinary ones once, real time ones each.
#include "guest.h"

static volatile int ordinary, queued;

static void handler(int signal) { signal == SIGUSR1 ? ordinary++ : queued++; }

int main(void) {
    sigset_t set, old, pending;
    CHECK(signal(SIGUSR1, handler) != SIG_ERR && signal(SIGRTMIN + 1, handler) != SIG_ERR);
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGRTMIN + 1);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    for (int i = 0; i < 3; i++) CHECK(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGRTMIN + 1) == 0);
    CHECK(ordinary == 0 && queued == 0);
    CHECK(sigpending(&pending) == 0 && sigismember(&pending, SIGUSR1) && !sigismember(&pending, SIGUSR2));
    CHECK(sigprocmask(SIG_SETMASK, &old, &set) == 0);
    CHECK(ordinary == 1 && queued == 3);
    CHECK(sigismember(&set, SIGUSR1) && sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR1));
    printf("%d and %d in %d\n", ordinary, queued, getpid());
    return guest_success();
}
