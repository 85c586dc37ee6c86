// The first process of a PID namespace dies of its fault as any other, and of no signal that is sent to it. Where such a
// namespace cannot be made, the process is an ordinary one.
#include "guest.h"

#include <sys/prctl.h>

int main(void) {
    bool is_first = unshare(CLONE_NEWUSER | CLONE_NEWPID) == 0;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(prctl(PR_SET_PDEATHSIG, SIGKILL) == 0);
        if (is_first) {
            CHECK(getpid() == 1);
            CHECK(kill(1, SIGTERM) == 0 && kill(1, SIGSEGV) == 0);
        }
        *(volatile int *)16 = 1;
        _exit(0);
    }
    CHECK(guest_wait_signal(child) == SIGSEGV);
    return guest_success();
}
