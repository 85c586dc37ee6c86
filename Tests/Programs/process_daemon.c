// A daemon: fork, setsid, fork again; the grandchild reports through a pipe after its parent is gone.
#include "guest.h"

int main(void) {
    int report[2];
    CHECK(pipe(report) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(setsid() == getpid());
        pid_t session = getsid(0), middle = getpid();
        pid_t grandchild = fork();
        CHECK(grandchild >= 0);
        if (grandchild > 0) _exit(0);
        while (getppid() == middle) guest_sleep_ms(1);
        CHECK(getsid(0) == session);
        pid_t ids[] = {getpid(), session};
        CHECK(write(report[1], ids, sizeof ids) == sizeof ids);
        _exit(0);
    }
    close(report[1]);
    CHECK(guest_wait_exit(child) == 0);
    pid_t ids[2];
    CHECK(read(report[0], ids, sizeof ids) == sizeof ids);
    CHECK(ids[1] == child);
    char byte;
    CHECK(read(report[0], &byte, 1) == 0);
    printf("daemon %d in session %d\n", ids[0], ids[1]);
    return guest_success();
}
