// Failing execs leave the process as it was.
#include "guest.h"

int main(void) {
    char *arguments[] = {"x", NULL}, *environment[] = {NULL};
    CHECK(execve("./missing", arguments, environment) == -1 && errno == ENOENT);
    CHECK(execve("/", arguments, environment) == -1 && errno == EACCES);
    close(guest_file("plain", "no program"));
    CHECK(execve("./plain", arguments, environment) == -1 && errno == EACCES);
    CHECK(chmod("plain", 0755) == 0);
    CHECK(execve("./plain", arguments, environment) == -1 && errno == ENOEXEC);
    CHECK(syscall(SYS_execve, 8, arguments, environment) == -1 && errno == EFAULT);
    close(guest_file("script", "#!./no-interpreter\n"));
    CHECK(chmod("script", 0755) == 0);
    CHECK(execve("./script", arguments, environment) == -1 && errno == ENOENT);
    printf("still %d\n", getpid());
    return guest_success();
}
