// Calls that fail, and have written to memory all the same.
#include "guest.h"

#include <sys/socket.h>

int main(void) {
    siginfo_t info;
    memset(&info, 0x55, sizeof info);
    CHECK(waitid(P_ALL, 0, &info, WEXITED) == -1 && errno == ECHILD);
    printf("waitid %016lx\n", guest_hash(&info, sizeof info));
    memset(&info, 0x55, sizeof info);
    CHECK(waitid(P_ALL, 0, &info, 0x40000000) == -1 && errno == EINVAL);
    printf("waitid %016lx\n", guest_hash(&info, sizeof info));

    int sockets[2] = {-5, -5};
    CHECK(socketpair(AF_INET, SOCK_STREAM, 0, sockets) == -1);
    printf("socketpair errno %d: %d %d\n", errno, sockets[0], sockets[1]);
    sockets[0] = sockets[1] = -5;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 12345, sockets) == -1);
    printf("socketpair errno %d: %d %d\n", errno, sockets[0], sockets[1]);

    // A clock of a process that does not exist.
    int timer = -5;
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    clockid_t nobody = (clockid_t)(~(uint32_t)0x3fffff << 3 | 2);
    CHECK(syscall(SYS_timer_create, nobody, &event, &timer) == -1);
    printf("timer_create errno %d: %d\n", errno, timer);
    return guest_success();
}
