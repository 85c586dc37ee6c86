// vfork suspends the parent until the child executes another program.
#include "guest.h"

int main(int argc, char **argv) {
    if (argc == 2) {
        printf("child %d says %s\n", getpid(), argv[1]);
        return 5;
    }
    volatile int before = 1;
    pid_t child = vfork();
    if (child == 0) {
        before = 2;  // The child borrows our memory: the parent sees this.
        execl("/proc/self/exe", "child", "hello", (char *)NULL);
        _exit(127);
    }
    CHECK(child > 0);
    CHECK(before == 2);
    CHECK(guest_wait_exit(child) == 5);
    printf("child was %d\n", child);
    return guest_success();
}
