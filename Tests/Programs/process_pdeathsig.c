// PR_SET_PDEATHSIG: the kernel signals a child when its parent ends.
#include "guest.h"

#include <sys/prctl.h>

int main(void) {
    int ready[2], report[2];
    CHECK(pipe(ready) == 0 && pipe(report) == 0);
    pid_t middle = fork();
    CHECK(middle >= 0);
    if (middle == 0) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            sigset_t set;
            sigemptyset(&set);
            sigaddset(&set, SIGUSR1);
            CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
            CHECK(prctl(PR_SET_PDEATHSIG, SIGUSR1) == 0);
            int setting = 0;
            CHECK(prctl(PR_GET_PDEATHSIG, &setting) == 0 && setting == SIGUSR1);
            guest_signal(ready[1]);
            siginfo_t info;
            CHECK(sigwaitinfo(&set, &info) == SIGUSR1);
            CHECK(write(report[1], &info.si_pid, sizeof info.si_pid) == sizeof info.si_pid);
            _exit(0);
        }
        guest_await(ready[0]);
        _exit(0);
    }
    CHECK(guest_wait_exit(middle) == 0);
    pid_t sender;
    CHECK(read(report[0], &sender, sizeof sender) == sizeof sender);
    printf("the death of %d was told by %d\n", middle, sender);
    return guest_success();
}
