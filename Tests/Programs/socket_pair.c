// A socket pair between parent and child: stream, datagram and packet kinds, peek, shutdown.
#include "guest.h"

#include <sys/socket.h>

int main(void) {
    int stream[2], packets[2];
    char buffer[64];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, stream) == 0);
    CHECK(socketpair(AF_UNIX, SOCK_SEQPACKET, 0, packets) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(stream[0]);
        CHECK(recv(stream[1], buffer, 5, MSG_WAITALL) == 5 && memcmp(buffer, "hello", 5) == 0);
        CHECK(dprintf(stream[1], "child %d", getpid()) > 0);
        CHECK(send(packets[1], "one", 3, 0) == 3 && send(packets[1], "three", 5, 0) == 5);
        CHECK(recv(stream[1], buffer, sizeof buffer, 0) == 0);  // The parent shut its side down.
        _exit(0);
    }
    close(stream[1]);
    CHECK(send(stream[0], "hel", 3, 0) == 3 && send(stream[0], "lo", 2, MSG_NOSIGNAL) == 2);
    CHECK(recv(packets[0], buffer, sizeof buffer, 0) == 3);
    CHECK(recv(packets[0], buffer, 2, MSG_TRUNC) == 5 && memcmp(buffer, "th", 2) == 0);
    memset(buffer, 0, sizeof buffer);
    ssize_t length = recv(stream[0], buffer, sizeof buffer - 1, MSG_PEEK);
    CHECK(length > 6 && recv(stream[0], buffer, sizeof buffer - 1, 0) == length);
    CHECK(recv(stream[0], buffer + 40, 1, MSG_DONTWAIT) == -1 && errno == EAGAIN);
    CHECK(shutdown(stream[0], SHUT_WR) == 0);
    CHECK(guest_wait_exit(child) == 0);
    printf("%s\n", buffer);
    return guest_success();
}
