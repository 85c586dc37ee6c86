// pidfd_send_signal to a spinning child, whose handler ends it.
#include "guest.h"

static volatile uint64_t *turns;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGUSR1 && context != NULL && info->si_pid == getppid());
    _exit(9);
}

int main(void) {
    turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turns != MAP_FAILED);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        for (;;) ++*turns;
    while (*turns < 1000000) sched_yield();
    int fd = (int)syscall(SYS_pidfd_open, child, 0);
    CHECK(fd >= 0);
    CHECK(syscall(SYS_pidfd_send_signal, fd, SIGUSR1, NULL, 0) == 0);
    CHECK(guest_wait_exit(child) == 9);
    printf("ended after %lu turns\n", *turns);
    return guest_success();
}
