// SIGCHLD interrupts a computation for each of eight children, which the handler reaps.
#include "guest.h"

static volatile int reaped;
static volatile uint64_t turns;
static uint64_t digest;

static void handler(int signal) {
    int status, error = errno;
    CHECK(signal == SIGCHLD);
    while (waitpid(-1, &status, WNOHANG) > 0) {
        CHECK(WIFEXITED(status));
        digest = digest * 31 + turns * 8 + (uint64_t)WEXITSTATUS(status);
        reaped++;
    }
    errno = error;
}

int main(void) {
    CHECK(sigaction(SIGCHLD, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    for (int i = 0; i < 8; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child != 0) continue;
        volatile uint64_t value = 1;
        for (int k = 0; k < 500000 * (i + 1); k++) value = value * 6364136223846793005 + 1;
        _exit(i);
    }
    while (reaped < 8) turns++;
    printf("%016lx\n", digest);
    return guest_success();
}
