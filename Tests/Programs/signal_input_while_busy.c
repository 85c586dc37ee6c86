// O_ASYNC with F_SETSIG: each packet that a child sends interrupts the busy reader, which then reads it.
#include "guest.h"

#include <sys/socket.h>

static volatile uint64_t turns;
static volatile int taken;
static int ends[2];
static uint64_t digest;

static void handler(int signal, siginfo_t *info, void *context) {
    char byte;
    CHECK(signal == SIGRTMIN && context != NULL && info->si_fd == ends[0]);
    while (recv(ends[0], &byte, 1, MSG_DONTWAIT) == 1) {
        digest = digest * 31 + turns + (uint64_t)byte;
        taken++;
    }
    CHECK(errno == EAGAIN || taken == 6);
}

int main(void) {
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    CHECK(sigaction(SIGRTMIN, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(fcntl(ends[0], F_SETOWN, getpid()) == 0 && fcntl(ends[0], F_SETSIG, SIGRTMIN) == 0);
    CHECK(fcntl(ends[0], F_SETFL, O_ASYNC) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 6; i++) {
            guest_sleep_ms(4);
            CHECK(send(ends[1], "abcdef" + i, 1, 0) == 1);
        }
        _exit(0);
    }
    while (taken < 6) turns++;
    CHECK(guest_wait_exit(child) == 0);
    printf("%016lx\n", digest);
    return guest_success();
}
