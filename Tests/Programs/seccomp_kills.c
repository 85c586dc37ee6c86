// libs: -lpthread
// SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD with and without other threads, and an action that does not exist.
#include "guest.h"

#include "filter.h"

#include <pthread.h>

static int report;

static void *call(void *unused) {
    (void)unused;
    syscall(SYS_getppid);
    CHECK(write(report, "no", 2) == 2);
    return NULL;
}

// How a process ends in which a call of a thread, or of the only one, gets this result.
static int end_of(unsigned value, bool threads) {
    int pipes[2];
    CHECK(pipe(pipes) == 0);
    report = pipes[1];
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        filter_prepare();
        CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, value)) == 0);
        if (threads) {
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, call, NULL) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
            _exit(33);
        }
        call(NULL);
        _exit(34);
    }
    CHECK(close(pipes[1]) == 0);
    char byte;
    CHECK(read(pipes[0], &byte, 1) == 0);
    CHECK(close(pipes[0]) == 0);
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void) {
    CHECK(end_of(SECCOMP_RET_KILL_PROCESS, false) == -SIGSYS);
    CHECK(end_of(SECCOMP_RET_KILL_PROCESS | 5, true) == -SIGSYS);
    CHECK(end_of(SECCOMP_RET_KILL_THREAD, false) == -SIGSYS);
    CHECK(end_of(SECCOMP_RET_KILL_THREAD, true) == 33);
    CHECK(end_of(0x00010000, true) == -SIGSYS);
    CHECK(end_of(0x7ffd0000, false) == -SIGSYS);
    return guest_success();
}
