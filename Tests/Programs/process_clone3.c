// clone3 with a pidfd and thread id words, as fork.
#include "guest.h"

#include <linux/sched.h>
#include <poll.h>

int main(void) {
    int pidfd = -1;
    pid_t parent_word = 0, child_word = 0;
    struct clone_args arguments = {
        .flags = CLONE_PIDFD | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID,
        .pidfd = (uintptr_t)&pidfd,
        .parent_tid = (uintptr_t)&parent_word,
        .child_tid = (uintptr_t)&child_word,
        .exit_signal = SIGCHLD,
    };
    long child = syscall(SYS_clone3, &arguments, sizeof arguments);
    if (child == -1 && errno == ENOSYS) {
        printf("no clone3 here: pid %d\n", getpid());
        return guest_success();
    }
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(child_word == syscall(SYS_getpid));
        _exit(11);
    }
    CHECK(parent_word == child);
    CHECK(child_word == 0);
    CHECK(pidfd >= 0);
    struct pollfd ready = {pidfd, POLLIN, 0};
    CHECK(poll(&ready, 1, -1) == 1);
    CHECK(guest_wait_exit((pid_t)child) == 11);
    printf("child %ld through descriptor %d\n", child, pidfd);
    return guest_success();
}
