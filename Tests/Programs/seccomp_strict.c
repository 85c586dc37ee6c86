// libs: -lpthread
// Strict mode: read, write, exit and rt_sigreturn; anything else is SIGKILL, for the one thread that is in it.
#include "guest.h"

#include "filter.h"

#include <pthread.h>

static void *thread_in_strict_mode(void *unused) {
    (void)unused;
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
    syscall(SYS_getppid);
    CHECK(write(1, "not here\n", 9) == 9);
    return NULL;
}

static int child(int kind, int fd) {
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        if (kind == 4) {
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, thread_in_strict_mode, NULL) == 0);
            CHECK(pthread_join(thread, NULL) == 0);
            _exit(44);
        }
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 0, NULL) == 0);
        char byte;
        if (read(fd, &byte, 1) != 1 || write(1, "strict\n", 7) != 7) syscall(SYS_exit, 1);
        switch (kind) {
        case 0: syscall(SYS_exit, 40); break;
        case 1: syscall(SYS_getppid); break;
        case 2: syscall(SYS_exit_group, 0); break;
        // A call that a recorder might answer by itself.
        case 3: prctl(PR_GET_SECCOMP); break;
        }
        syscall(SYS_exit, 41);
    }
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

int main(void) {
    int fd = guest_file("input", "abcdef");
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(child(0, fd) == 40);
    for (int kind = 1; kind < 4; kind++) CHECK(child(kind, fd) == -SIGKILL);
    CHECK(child(4, fd) == 44);
    return guest_success();
}
