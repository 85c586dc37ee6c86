// Ignored signals vanish, also when they were pending, and do not interrupt calls; one-shot handlers reset.
#include "guest.h"

static volatile int handled;

static void handler(int signal) {
    (void)signal;
    handled++;
}

int main(void) {
    CHECK(signal(SIGUSR1, SIG_IGN) != SIG_ERR);
    CHECK(kill(getpid(), SIGUSR1) == 0 && kill(getpid(), SIGCHLD) == 0 && kill(getpid(), SIGWINCH) == 0);
    sigset_t set, pending;
    sigemptyset(&set), sigaddset(&set, SIGUSR2);
    CHECK(signal(SIGUSR2, handler) != SIG_ERR && sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(kill(getpid(), SIGUSR2) == 0 && signal(SIGUSR2, SIG_IGN) == handler);
    CHECK(sigpending(&pending) == 0 && !sigismember(&pending, SIGUSR2));
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0 && handled == 0);

    struct sigaction action = {.sa_handler = handler, .sa_flags = (int)SA_RESETHAND}, old;
    CHECK(sigaction(SIGUSR2, &action, NULL) == 0 && raise(SIGUSR2) == 0 && handled == 1);
    CHECK(sigaction(SIGUSR2, NULL, &old) == 0 && old.sa_handler == SIG_DFL);

    int ends[2];
    CHECK(pipe(ends) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_await_state(parent, parent, 'S');
        for (int i = 0; i < 5; i++) CHECK(kill(parent, SIGUSR1) == 0);
        CHECK(dprintf(ends[1], "from %d", getpid()) > 0);
        _exit(0);
    }
    char text[64] = "";
    CHECK(read(ends[0], text, sizeof text) > 0);
    CHECK(guest_wait_exit(child) == 0);
    printf("%s\n", text);
    return guest_success();
}
