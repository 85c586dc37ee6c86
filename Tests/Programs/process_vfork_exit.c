// A vforked child that exits without exec, and one whose exec fails.
#include "guest.h"

int main(void) {
    volatile pid_t seen = 0;
    pid_t child = vfork();
    if (child == 0) {
        seen = (pid_t)syscall(SYS_getpid);
        _exit(3);
    }
    CHECK(child > 0 && seen == child);
    CHECK(guest_wait_exit(child) == 3);

    volatile int error = 0;
    child = vfork();
    if (child == 0) {
        execl("./does-not-exist", "x", (char *)NULL);
        error = errno;
        _exit(127);
    }
    CHECK(error == ENOENT);
    CHECK(guest_wait_exit(child) == 127);
    printf("children %d and %d\n", seen, child);
    return guest_success();
}
