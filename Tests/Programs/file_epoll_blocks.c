// epoll_wait blocks until another process writes; the events arrive in memory shared with a third.
#include "guest.h"

#include <sys/epoll.h>

int main(void) {
    int set = epoll_create1(0), pipes[3][2];
    CHECK(set >= 0);
    for (int i = 0; i < 3; i++) {
        CHECK(pipe(pipes[i]) == 0);
        struct epoll_event event = {EPOLLIN, {.fd = i}};
        CHECK(epoll_ctl(set, EPOLL_CTL_ADD, pipes[i][0], &event) == 0);
    }
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 9; i++) {
            if (i % 3 == 0) guest_await_state(parent, parent, 'S');
            uint64_t value = guest_random();
            CHECK(write(pipes[i % 3][1], &value, sizeof value) == sizeof value);
        }
        _exit(0);
    }
    for (int received = 0; received < 9;) {
        struct epoll_event got[3];
        int count = epoll_wait(set, got, 3, -1);
        CHECK(count > 0);
        for (int i = 0; i < count; i++, received++) {
            uint64_t value;
            CHECK(read(pipes[got[i].data.fd][0], &value, sizeof value) == sizeof value);
            printf("%d: %016lx\n", got[i].data.fd, value);
        }
    }
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
