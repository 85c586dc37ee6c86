// signalfd reads blocked signals as records.
#include "guest.h"

#include <poll.h>
#include <sys/signalfd.h>

int main(void) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR1), sigaddset(&set, SIGCHLD);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    int fd = signalfd(-1, &set, SFD_CLOEXEC);
    CHECK(fd >= 0);
    struct pollfd ready = {fd, POLLIN, 0};
    CHECK(poll(&ready, 1, 0) == 0);
    CHECK(sigqueue(getpid(), SIGUSR1, (union sigval){.sival_int = 77}) == 0);
    struct signalfd_siginfo records[4];
    CHECK(read(fd, records, sizeof records) == sizeof records[0]);
    CHECK(records[0].ssi_signo == SIGUSR1 && records[0].ssi_int == 77 && records[0].ssi_pid == (uint32_t)getpid());
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(3);
    CHECK(read(fd, records, sizeof records[0]) == sizeof records[0]);  // Blocks until the child ends.
    CHECK(records[0].ssi_signo == SIGCHLD && records[0].ssi_pid == (uint32_t)child && records[0].ssi_status == 3);
    CHECK(guest_wait_exit(child) == 0 + 3);
    printf("child %u of user %u\n", records[0].ssi_pid, records[0].ssi_uid);
    return guest_success();
}
