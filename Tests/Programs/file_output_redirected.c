// Output through copies of standard output, with dup2 to and from a file, and partly by a child.
#include "guest.h"

int main(void) {
    int copy = dup(1), fd = guest_file("file", "");
    CHECK(copy > 2);
    dprintf(copy, "through the copy by %d\n", getpid());
    CHECK(dup2(fd, 1) == 1);
    printf("into the file, %016lx\n", guest_random());
    CHECK(dup2(copy, 1) == 1);
    char text[64] = "";
    CHECK(pread(fd, text, sizeof text - 1, 0) > 0);
    printf("back again: %s", text);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(1);
        dprintf(copy, "child %d through the copy\n", getpid());
        struct iovec vector[] = {{"two ", 4}, {"parts\n", 6}};
        CHECK(writev(2, vector, 2) == 10);
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
