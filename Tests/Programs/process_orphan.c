// A child that outlives its parent and the first process, and writes after both are gone.
#include "guest.h"

int main(void) {
    pid_t parent = getpid();
    int blocked[2];
    CHECK(pipe(blocked) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char byte;
        close(blocked[1]);
        CHECK(read(blocked[0], &byte, 1) == 0);  // End of file: the parent is gone.
        while (getppid() == parent) guest_sleep_ms(1);
        printf("orphan %d of %d\n", getpid(), parent);
        _exit(0);
    }
    printf("parent %d leaves %d\n", parent, child);
    return guest_success();
}
