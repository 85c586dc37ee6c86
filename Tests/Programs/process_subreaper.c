// PR_SET_CHILD_SUBREAPER: orphans come to us, and we reap them.
#include "guest.h"

#include <sys/prctl.h>

int main(void) {
    CHECK(prctl(PR_SET_CHILD_SUBREAPER, 1) == 0);
    int report[2];
    CHECK(pipe(report) == 0);
    pid_t self = getpid(), middle = fork();
    CHECK(middle >= 0);
    if (middle == 0) {
        pid_t orphan = fork();
        CHECK(orphan >= 0);
        if (orphan > 0) _exit(0);
        while (getppid() != self) guest_sleep_ms(1);
        pid_t own = getpid();
        CHECK(write(report[1], &own, sizeof own) == sizeof own);
        _exit(21);
    }
    CHECK(guest_wait_exit(middle) == 0);
    pid_t orphan;
    CHECK(read(report[0], &orphan, sizeof orphan) == sizeof orphan);
    CHECK(guest_wait_exit(orphan) == 21);
    printf("adopted %d from %d\n", orphan, middle);
    return guest_success();
}
