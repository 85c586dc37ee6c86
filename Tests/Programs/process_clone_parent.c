// CLONE_PARENT makes a sibling: our parent is its parent and reaps it.
#include "guest.h"

int main(void) {
    int report[2];
    CHECK(pipe(report) == 0);
    pid_t self = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        long sibling = syscall(SYS_clone, CLONE_PARENT | SIGCHLD, 0, 0, 0, 0);
        CHECK(sibling >= 0);
        if (sibling == 0) {
            CHECK(syscall(SYS_getppid) == self);
            _exit(12);
        }
        CHECK(waitpid((pid_t)sibling, NULL, 0) == -1 && errno == ECHILD);
        CHECK(write(report[1], &sibling, sizeof sibling) == sizeof sibling);
        _exit(11);
    }
    long sibling;
    CHECK(read(report[0], &sibling, sizeof sibling) == sizeof sibling);
    CHECK(guest_wait_exit(child) == 11 && guest_wait_exit((pid_t)sibling) == 12);
    printf("%d and its sibling %ld\n", child, sibling);
    return guest_success();
}
