// What /proc/self says of us agrees with what the calls say.
#include "guest.h"

int main(void) {
    char text[8192], target[PATH_MAX], directory[PATH_MAX];
    int fd = open("/proc/self/status", O_RDONLY);
    CHECK(fd >= 0);
    ssize_t length = read(fd, text, sizeof text - 1);
    CHECK(length > 0);
    text[length] = 0;
    char *line = strstr(text, "\nPid:\t");
    CHECK(line && atoi(line + 6) == getpid());
    line = strstr(text, "\nPPid:\t");
    CHECK(line && atoi(line + 7) == getppid());
    length = readlink("/proc/self/cwd", target, sizeof target);
    CHECK(getcwd(directory, sizeof directory) && (ssize_t)strlen(directory) == length);
    CHECK(memcmp(target, directory, (size_t)length) == 0);
    length = readlink("/proc/self", target, sizeof target - 1);
    target[length] = 0;
    CHECK(atoi(target) == getpid());
    line = strstr(text, "\nVmSize:");
    CHECK(line);
    printf("pid %s in %s, %.20s\n", target, directory, line + 1);
    return guest_success();
}
