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

    // An answer that begins where the program can write and ends where it cannot.
    unsigned char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED && munmap(page + 4096, 4096) == 0);
    unsigned char *end = page + 4096 - 4;
    memset(end, 0x55, 4);
    CHECK(syscall(SYS_sched_getaffinity, 0, sizeof(cpu_set_t), end) == -1 && errno == EFAULT);
    printf("sched_getaffinity %02x%02x%02x%02x\n", end[0], end[1], end[2], end[3]);
    CHECK(end[0] != 0x55);
    return guest_success();
}
