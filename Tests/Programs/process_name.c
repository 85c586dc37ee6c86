// The name of a thread: PR_SET_NAME, PR_GET_NAME, /proc/self/comm, and exec resets it.
#include "guest.h"

#include <sys/prctl.h>

int main(int argc, char **argv) {
    char name[17] = "";
    (void)argv;
    CHECK(prctl(PR_GET_NAME, name) == 0);
    if (argc == 2) {
        CHECK(strcmp(name, "guest") != 0);
        printf("after exec %s in %d\n", name, getpid());
        return guest_success();
    }
    CHECK(prctl(PR_SET_NAME, "guest") == 0);
    CHECK(prctl(PR_GET_NAME, name) == 0 && strcmp(name, "guest") == 0);
    int fd = open("/proc/self/comm", O_RDONLY);
    CHECK(read(fd, name, 16) == 6 && memcmp(name, "guest\n", 6) == 0);
    close(fd);
    execl("/proc/self/exe", "again", "x", (char *)NULL);
    CHECK(!"exec returned");
}
