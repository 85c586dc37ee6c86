// execve in the same process: pid stays, memory, arguments and environment are new; close-on-exec closes.
#include "guest.h"

int main(int argc, char **argv) {
    if (argc == 4) {
        CHECK(atoi(argv[1]) == getpid());
        CHECK(strcmp(getenv("GREETING"), "hello") == 0);
        CHECK(getenv("HOME") == NULL);
        CHECK(fcntl(atoi(argv[2]), F_GETFD) == 0);
        CHECK(fcntl(atoi(argv[3]), F_GETFD) == -1 && errno == EBADF);
        printf("%s: pid %s, argument block at %p\n", argv[0], argv[1], (void *)argv[0]);
        return guest_success();
    }
    char pid[16], kept[16], closed[16];
    snprintf(pid, sizeof pid, "%d", getpid());
    snprintf(kept, sizeof kept, "%d", open("/dev/null", O_RDONLY));
    snprintf(closed, sizeof closed, "%d", open("/dev/null", O_RDONLY | O_CLOEXEC));
    char *arguments[] = {"second", pid, kept, closed, NULL}, *environment[] = {"GREETING=hello", NULL};
    execve("/proc/self/exe", arguments, environment);
    CHECK(!"execve returned");
}
