// open of a FIFO blocks until the other side opens it.
#include "guest.h"

int main(void) {
    CHECK(mkfifo("fifo", 0600) == 0);
    CHECK(open("fifo", O_WRONLY | O_NONBLOCK) == -1 && errno == ENXIO);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_await_state(parent, parent, 'S');
        int fd = open("fifo", O_WRONLY);
        CHECK(fd >= 0);
        CHECK(dprintf(fd, "from %d", getpid()) > 0);
        _exit(0);
    }
    int fd = open("fifo", O_RDONLY);
    CHECK(fd >= 0);
    char text[64] = "";
    CHECK(read(fd, text, sizeof text) > 0);
    CHECK(guest_wait_exit(child) == 0);
    CHECK(read(fd, text + 50, 1) == 0);
    printf("%s\n", text);
    return guest_success();
}
