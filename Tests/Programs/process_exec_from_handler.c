// A signal handler that executes the program again: the signal stays blocked in the new image.
#include "guest.h"

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    execl("/proc/self/exe", "again", "x", (char *)NULL);
    CHECK(!"exec returned");
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc == 2) {
        sigset_t now;
        CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && sigismember(&now, SIGUSR1));
        printf("pid %d, stack %p\n", getpid(), (void *)&now);
        return guest_success();
    }
    CHECK(signal(SIGUSR1, handler) != SIG_ERR);
    raise(SIGUSR1);
    CHECK(!"raise returned");
}
