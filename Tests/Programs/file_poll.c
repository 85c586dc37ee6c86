// poll and ppoll: ready, time out, hang up, bad descriptor; the remaining time of ppoll.
#include "guest.h"

#include <poll.h>

int main(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    struct pollfd set[] = {{ends[0], POLLIN, -1}, {ends[1], POLLOUT, -1}, {-1, POLLIN, -1}, {999, POLLIN, -1}};
    CHECK(poll(set, 4, -1) == 2);
    CHECK(set[0].revents == 0 && set[1].revents == POLLOUT && set[2].revents == 0 && set[3].revents == POLLNVAL);
    CHECK(poll(set, 1, 5) == 0);
    CHECK(write(ends[1], "x", 1) == 1);
    struct timespec limit = {5, 0};
    // The bare call writes the remaining time back; the library's wrapper hides that.
    CHECK(syscall(SYS_ppoll, set, 1, &limit, NULL, 8) == 1 && set[0].revents == POLLIN);
    CHECK(limit.tv_sec == 4);
    printf("left %ld.%09ld\n", limit.tv_sec, limit.tv_nsec);
    close(ends[1]);
    CHECK(poll(set, 1, 0) == 1 && set[0].revents == (POLLIN | POLLHUP));
    CHECK(poll(NULL, 0, 1) == 0);
    return guest_success();
}
