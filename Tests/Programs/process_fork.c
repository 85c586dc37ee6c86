// A forked child has its own pid and its own copy of memory, and hands back an exit status.
#include "guest.h"

int main(void) {
    volatile int value = 1;
    pid_t parent = getpid();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(getppid() == parent);
        value = 2;
        printf("child %d of %d, value %d\n", getpid(), getppid(), value);
        _exit(42);
    }
    CHECK(guest_wait_exit(child) == 42);
    CHECK(value == 1);
    printf("parent %d of child %d\n", parent, child);
    return guest_success();
}
