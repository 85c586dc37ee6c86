// getsockopt and setsockopt with values of several sizes and with short buffers.
#include "guest.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/time.h>

int main(void) {
    int fd = socket(AF_INET, SOCK_STREAM, 0), value = 0, on = 1;
    socklen_t length = sizeof value;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_TYPE, &value, &length) == 0 && value == SOCK_STREAM && length == 4);
    CHECK(getsockopt(fd, SOL_SOCKET, SO_RCVBUF, &value, &length) == 0 && value > 0);
    int receive = value;
    value = 30000;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, sizeof value) == 0);
    CHECK(getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &value, &length) == 0 && value == 60000);
    CHECK(setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on) == 0);
    struct timeval limit = {1, 500000}, got;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    length = sizeof got;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &got, &length) == 0 && got.tv_sec == 1);
    CHECK(length == sizeof got);
    struct linger linger = {1, 3}, lingers;
    CHECK(setsockopt(fd, SOL_SOCKET, SO_LINGER, &linger, sizeof linger) == 0);
    length = sizeof lingers;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_LINGER, &lingers, &length) == 0 && lingers.l_linger == 3);
    value = -1, length = 1;  // One byte of four.
    CHECK(getsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &value, &length) == 0 && length == 1);
    CHECK(value == (int)0xffffff01);
    char algorithm[32] = "";
    length = sizeof algorithm;
    CHECK(getsockopt(fd, IPPROTO_TCP, TCP_CONGESTION, algorithm, &length) == 0);
    CHECK(getsockopt(fd, SOL_SOCKET, 9999, &value, &length) == -1 && errno == ENOPROTOOPT);
    CHECK(getsockopt(-1, SOL_SOCKET, SO_TYPE, &value, &length) == -1 && errno == EBADF);
    printf("receive buffer %d, %s, in %d\n", receive, algorithm, getpid());
    return guest_success();
}
