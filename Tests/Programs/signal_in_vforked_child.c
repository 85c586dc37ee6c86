// A handler that runs in a vforked child works on the parent's memory, while the parent is suspended.
#include "guest.h"

static volatile pid_t handled_in;
static volatile uint64_t turns;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    handled_in = (pid_t)syscall(SYS_getpid);
    for (int i = 0; i < 1000000; i++) turns++;
}

int main(void) {
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    pid_t child = vfork();
    CHECK(child >= 0);
    if (child == 0) {
        syscall(SYS_kill, syscall(SYS_getpid), SIGUSR1);
        while (handled_in == 0) turns++;
        _exit(6);
    }
    CHECK(handled_in == child && turns >= 1000000);
    CHECK(guest_wait_exit(child) == 6);
    printf("handled in %d after %lu turns\n", handled_in, turns);
    return guest_success();
}
