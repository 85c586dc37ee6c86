// User notification: a supervisor answers calls of its child, or lets them be made.
#include "guest.h"

#include "filter.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

static void send_descriptor(int channel, int fd) {
    char byte = '!';
    struct iovec vector = {&byte, 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    memset(&control, 0, sizeof control);
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    struct cmsghdr *header = CMSG_FIRSTHDR(&message);
    *header = (struct cmsghdr){.cmsg_len = CMSG_LEN(sizeof fd), .cmsg_level = SOL_SOCKET, .cmsg_type = SCM_RIGHTS};
    memcpy(CMSG_DATA(header), &fd, sizeof fd);
    CHECK(sendmsg(channel, &message, 0) == 1);
}

static int receive_descriptor(int channel) {
    char byte;
    struct iovec vector = {&byte, 1};
    union {
        char bytes[CMSG_SPACE(sizeof(int))];
        struct cmsghdr header;
    } control;
    struct msghdr message = {.msg_iov = &vector, .msg_iovlen = 1, .msg_control = &control, .msg_controllen = sizeof control};
    CHECK(recvmsg(channel, &message, 0) == 1);
    int fd;
    memcpy(&fd, CMSG_DATA(CMSG_FIRSTHDR(&message)), sizeof fd);
    return fd;
}

__attribute__((noinline, noclone)) static long call(long number, long a, long b) {
    long result;
    __asm__ volatile("syscall\ncall_end:" : "=a"(result) : "a"(number), "D"(a), "S"(b) : "rcx", "r11", "memory");
    return result;
}
extern const char call_end[];

int main(void) {
    int channel[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, channel) == 0);
    filter_prepare();
    pid_t pid = fork();
    CHECK(pid >= 0);
    if (pid == 0) {
        long listener = FILTER_INSTALL(
            SECCOMP_FILTER_FLAG_NEW_LISTENER, FILTER_LOAD(nr), FILTER_CALL(SYS_getpgid, SECCOMP_RET_USER_NOTIF),
            FILTER_CALL(SYS_mkdir, SECCOMP_RET_USER_NOTIF), FILTER_CALL(SYS_uname, SECCOMP_RET_USER_NOTIF),
            FILTER_CALL(SYS_getsid, SECCOMP_RET_ERRNO | EDOM), FILTER_RETURN(SECCOMP_RET_ALLOW));
        CHECK(listener >= 0);
        // A second one is not possible.
        CHECK(FILTER_INSTALL(SECCOMP_FILTER_FLAG_NEW_LISTENER, FILTER_RETURN(SECCOMP_RET_ALLOW)) == -1 && errno == EBUSY);
        send_descriptor(channel[1], (int)listener);
        CHECK(close((int)listener) == 0);
        CHECK(call(SYS_getsid, 0, 0) == -EDOM);
        for (int i = 0; i < 3; i++) {
            CHECK(call(SYS_getpgid, i, 0) == 1000 + i);
            CHECK(call(SYS_mkdir, (long)"/nowhere/at/all", 0700) == -EXDEV);
            char names[6][65] = {{0}};
            CHECK(call(SYS_uname, (long)names, 0) == 0);
            CHECK(strcmp(names[0], "Linux") == 0);
        }
        // Nobody listens any more.
        guest_await(channel[1]);
        CHECK(call(SYS_getpgid, 0, 0) == -ENOSYS);
        _exit(6);
    }
    int listener = receive_descriptor(channel[0]);
    for (int i = 0; i < 9; i++) {
        struct seccomp_notif request;
        memset(&request, 0, sizeof request);
        CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request) == 0);
        CHECK(request.pid == (unsigned)pid);
        CHECK(request.data.arch == AUDIT_ARCH_X86_64);
        CHECK(request.data.instruction_pointer == (unsigned long)call_end);
        CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_ID_VALID, &request.id) == 0);
        struct seccomp_notif_resp response = {.id = request.id};
        switch (request.data.nr) {
        case SYS_getpgid: response.val = 1000 + (long)request.data.args[0]; break;
        case SYS_mkdir: response.error = -EXDEV; break;
        default: response.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
        }
        CHECK(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response) == 0);
    }
    CHECK(close(listener) == 0);
    guest_signal(channel[0]);
    CHECK(guest_wait_exit(pid) == 6);
    printf("child %d\n", pid);
    return guest_success();
}
