// UDP over loopback: names of senders, connected sockets, IPv6 where there is one, SIOCINQ.
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

static void exchange(int family, struct sockaddr *address, socklen_t size) {
    int one = socket(family, SOCK_DGRAM, 0), two = socket(family, SOCK_DGRAM, 0);
    if (one == -1 || bind(one, address, size) == -1) {
        printf("family %d: errno %d\n", family, errno);
        return;
    }
    socklen_t length = size;
    CHECK(getsockname(one, address, &length) == 0 && length == size);
    CHECK(connect(two, address, size) == 0);
    uint64_t value = guest_random(), back;
    CHECK(send(two, &value, sizeof value, 0) == sizeof value);
    int waiting = -1;
    CHECK(recv(one, &back, 2, MSG_PEEK) == 2);
    CHECK(ioctl(one, FIONREAD, &waiting) == 0 && waiting == sizeof value);
    struct sockaddr_storage from;
    length = sizeof from;
    CHECK(recvfrom(one, &back, sizeof back, 0, (struct sockaddr *)&from, &length) == sizeof back && back == value);
    CHECK(length == size && from.ss_family == family);
    CHECK(sendto(one, "reply", 5, 0, (struct sockaddr *)&from, length) == 5);
    char text[16];
    CHECK(recv(two, text, sizeof text, 0) == 5);
    printf("family %d, port %d: %016lx\n", family, ntohs(((struct sockaddr_in *)address)->sin_port), back);
}

int main(void) {
    struct sockaddr_in four = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct sockaddr_in6 six = {.sin6_family = AF_INET6, .sin6_addr = IN6ADDR_LOOPBACK_INIT};
    exchange(AF_INET, (struct sockaddr *)&four, sizeof four);
    exchange(AF_INET6, (struct sockaddr *)&six, sizeof six);
    return guest_success();
}
