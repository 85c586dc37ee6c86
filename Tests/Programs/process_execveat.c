// execveat with AT_EMPTY_PATH runs the program behind a descriptor.
#include "guest.h"

int main(int argc, char **argv) {
    if (argc == 2) {
        printf("executed through a descriptor: %s in %d\n", argv[1], getpid());
        return guest_success();
    }
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    CHECK(fd >= 0);
    char *arguments[] = {"program", "again", NULL}, *environment[] = {NULL};
    syscall(SYS_execveat, fd, "", arguments, environment, AT_EMPTY_PATH);
    CHECK(!"execveat returned");
}
