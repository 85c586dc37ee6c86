// pidfd_open, pidfd_send_signal and waitid(P_PIDFD).
#include "guest.h"

#include <poll.h>

#ifndef P_PIDFD
#define P_PIDFD 3
#endif

int main(void) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        while (true) pause();
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0);
    CHECK(pidfd >= 0);
    struct pollfd ready = {pidfd, POLLIN, 0};
    CHECK(poll(&ready, 1, 0) == 0);
    CHECK(syscall(SYS_pidfd_send_signal, pidfd, SIGUSR1, NULL, 0) == 0);
    CHECK(poll(&ready, 1, -1) == 1 && ready.revents & POLLIN);
    siginfo_t info;
    CHECK(waitid((idtype_t)P_PIDFD, (id_t)pidfd, &info, WEXITED) == 0);
    CHECK(info.si_pid == child && info.si_code == CLD_KILLED && info.si_status == SIGUSR1);
    printf("child %d\n", child);
    return guest_success();
}
