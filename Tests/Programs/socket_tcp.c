// TCP over loopback between parent and child: accept, stream, half close, both names.
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM, 0), on = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, peer;
    socklen_t length = sizeof address;
    CHECK(setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on) == 0);
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0 && listen(listener, 1) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0 && address.sin_port != 0);
    static unsigned char bytes[200000];
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int client = socket(AF_INET, SOCK_STREAM, 0);
        CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
        CHECK(setsockopt(client, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on) == 0);
        CHECK(syscall(SYS_getrandom, bytes, sizeof bytes, 0) == sizeof bytes);
        for (size_t sent = 0; sent < sizeof bytes;) {
            ssize_t count = send(client, bytes + sent, sizeof bytes - sent, 0);
            CHECK(count > 0);
            sent += (size_t)count;
        }
        CHECK(shutdown(client, SHUT_WR) == 0);
        uint64_t hash;
        CHECK(recv(client, &hash, sizeof hash, MSG_WAITALL) == sizeof hash);
        CHECK(hash == guest_hash(bytes, sizeof bytes));
        _exit(0);
    }
    length = sizeof peer;
    int server = accept(listener, (struct sockaddr *)&peer, &length);
    CHECK(server >= 0 && length == sizeof peer && peer.sin_addr.s_addr == htonl(INADDR_LOOPBACK));
    size_t total = 0;
    ssize_t count;
    while ((count = recv(server, bytes + total, sizeof bytes - total, 0)) > 0) total += (size_t)count;
    CHECK(count == 0 && total == sizeof bytes);
    uint64_t hash = guest_hash(bytes, sizeof bytes);
    CHECK(send(server, &hash, sizeof hash, 0) == sizeof hash);
    struct tcp_info info;
    length = sizeof info;
    CHECK(getsockopt(server, IPPROTO_TCP, TCP_INFO, &info, &length) == 0);
    CHECK(guest_wait_exit(child) == 0);
    printf("from port %d to %d, rtt %u: %016lx\n", ntohs(peer.sin_port), ntohs(address.sin_port), info.tcpi_rtt, hash);
    return guest_success();
}
