// WNOHANG before and after the end, WNOWAIT leaves the child, waitid's siginfo, wait4's usage.
#include "guest.h"

#include <sys/resource.h>

int main(void) {
    int go[2], status = -1;
    CHECK(pipe(go) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_await(go[0]);
        _exit(33);
    }
    CHECK(waitpid(child, &status, WNOHANG) == 0);
    siginfo_t info;
    memset(&info, 0xff, sizeof info);
    CHECK(waitid(P_PID, child, &info, WEXITED | WNOHANG) == 0);
    CHECK(info.si_pid == 0 && info.si_signo == 0);
    guest_signal(go[1]);

    CHECK(waitid(P_PID, child, &info, WEXITED | WNOWAIT) == 0);
    CHECK(info.si_pid == child && info.si_status == 33 && info.si_code == CLD_EXITED && info.si_signo == SIGCHLD);
    CHECK(info.si_uid == getuid());
    struct rusage usage;
    memset(&usage, 0xff, sizeof usage);
    CHECK(wait4(child, &status, WNOHANG, &usage) == child);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 33);
    CHECK(usage.ru_maxrss > 0);
    CHECK(waitid(P_PID, child, &info, WEXITED) == -1 && errno == ECHILD);
    printf("child %d used %ld KB, %ld faults\n", child, usage.ru_maxrss, usage.ru_minflt);
    return guest_success();
}
