// write(2) to a file shows in its shared mappings, in this process and in the child.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "old contents of the file"), turn[2];
    CHECK(pipe(turn) == 0);
    char *mapped = mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED);
    CHECK(memcmp(mapped, "old", 3) == 0);
    char text[32];
    snprintf(text, sizeof text, "%016lx", guest_random());
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(memcmp(mapped, "old", 3) == 0);
        guest_await(turn[0]);
        CHECK(memcmp(mapped + 4, text, 16) == 0);
        printf("child sees %.24s\n", mapped);
        _exit(0);
    }
    CHECK(pwrite(fd, text, 16, 4) == 16);
    CHECK(memcmp(mapped + 4, text, 16) == 0);
    guest_signal(turn[1]);
    CHECK(guest_wait_exit(child) == 0);
    CHECK(pwrite(fd, "last", 4, 200) == 4);  // Beyond the old end, in the same page.
    CHECK(memcmp(mapped + 200, "last", 4) == 0);
    printf("parent sees %.24s\n", mapped);
    return guest_success();
}
