// SECCOMP_RET_TRAP where SIGSYS is blocked, ignored or not handled: the process dies of it, whatever handler it has.
#include "guest.h"

#include "filter.h"

static void handle(int signal) { _exit(signal); }

static int child(int kind) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGSYS);
        if (kind == 1) signal(SIGSYS, handle);
        if (kind == 1 || kind == 2) sigprocmask(SIG_BLOCK, &set, NULL);
        if (kind == 3) signal(SIGSYS, SIG_IGN);
        if (kind == 4) signal(SIGSYS, handle);
        filter_prepare();
        CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_TRAP)) == 0);
        syscall(SYS_getppid);
        _exit(100);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void) {
    for (int kind = 0; kind < 4; kind++) CHECK(child(kind) == -SIGSYS);
    CHECK(child(4) == SIGSYS);
    return guest_success();
}
