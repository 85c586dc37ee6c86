// The first process of a PID namespace dies of its fault as any other, and of no signal that is sent to it. Where such a
// namespace cannot be made, the process is an ordinary one. It takes those with it that are in the namespace, at once.
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
            pid_t other = fork();
            CHECK(other >= 0);
            if (other == 0) {
                pause();
                _exit(9);
            }
        }
        *(volatile int *)16 = 1;
        _exit(0);
    }
    struct timespec start, end;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
    CHECK(guest_wait_signal(child) == SIGSEGV);
    CHECK(clock_gettime(CLOCK_MONOTONIC, &end) == 0 && end.tv_sec - start.tv_sec < 6);
    return guest_success();
}
