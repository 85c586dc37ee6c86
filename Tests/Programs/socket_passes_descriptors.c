// SCM_RIGHTS installs descriptors in another process, SCM_CREDENTIALS tells who sent.
#include "guest.h"

#include <sys/socket.h>

int main(void) {
    int ends[2], on = 1;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    CHECK(setsockopt(ends[0], SOL_SOCKET, SO_PASSCRED, &on, sizeof on) == 0);
    union {
        struct cmsghdr header;
        char bytes[256];
    } control;
    char byte = 'x';
    struct iovec vector = {&byte, 1};
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int fds[2] = {guest_file("file", "from the child"), open("/dev/null", O_RDONLY)};
        struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control};
        message.msg_controllen = CMSG_SPACE(sizeof fds);
        control.header = (struct cmsghdr){CMSG_LEN(sizeof fds), SOL_SOCKET, SCM_RIGHTS};
        memcpy(CMSG_DATA(&control.header), fds, sizeof fds);
        CHECK(sendmsg(ends[1], &message, 0) == 1);
        _exit(0);
    }
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control};
    message.msg_controllen = sizeof control;
    CHECK(recvmsg(ends[0], &message, MSG_CMSG_CLOEXEC) == 1 && !(message.msg_flags & MSG_CTRUNC));
    int fds[2] = {-1, -1};
    struct ucred sender = {0};
    for (struct cmsghdr *part = CMSG_FIRSTHDR(&message); part; part = CMSG_NXTHDR(&message, part)) {
        if (part->cmsg_type == SCM_RIGHTS) memcpy(fds, CMSG_DATA(part), sizeof fds);
        if (part->cmsg_type == SCM_CREDENTIALS) memcpy(&sender, CMSG_DATA(part), sizeof sender);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(sender.pid == child && sender.uid == getuid());
    char text[64] = "";
    CHECK(pread(fds[0], text, sizeof text - 1, 0) == 14 && fcntl(fds[1], F_GETFD) == FD_CLOEXEC);
    printf("descriptors %d and %d from %d: %s\n", fds[0], fds[1], sender.pid, text);
    return guest_success();
}
