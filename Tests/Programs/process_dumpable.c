// PR_SET_DUMPABLE goes to children and ends with the program.
#include "guest.h"

#include <sys/prctl.h>

int main(int count, char **arguments) {
    if (count > 1) {
        CHECK(prctl(PR_GET_DUMPABLE) == 1);
        return guest_success();
    }
    CHECK(prctl(PR_GET_DUMPABLE) == 1 && prctl(PR_SET_DUMPABLE, 2) == -1 && errno == EINVAL);
    CHECK(prctl(PR_SET_DUMPABLE, 0) == 0 && prctl(PR_GET_DUMPABLE) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(prctl(PR_GET_DUMPABLE) == 0 ? 7 : 8);
    CHECK(guest_wait_exit(child) == 7);
    printf("%d was made\n", child);
    // Not through /proc, which a process that is not dumpable may not look into.
    CHECK(execl(arguments[0], arguments[0], "again", (char *)NULL) == 0);
}
