// getsockopt whose length counts something else than bytes, and one that is read before it is written.
#include "guest.h"

#include <linux/filter.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0);
    CHECK(fd >= 0);
    struct sock_filter filter[] = {{0x28, 0, 0, 12}, {0x15, 0, 3, 0x800}, {0x30, 0, 0, 23}, {0x15, 0, 1, 17}, {6, 0, 0, 65535}, {6, 0, 0, 0}};
    filter[4].k = (uint32_t)guest_random() | 1;
    struct sock_fprog program = {6, filter};
    CHECK(setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0);
    struct sock_filter copy[32];
    memset(copy, 0x55, sizeof copy);
    socklen_t count = 0;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, NULL, &count) == 0);
    printf("%u instructions\n", count);
    count = 32;
    CHECK(getsockopt(fd, SOL_SOCKET, SO_GET_FILTER, copy, &count) == 0);
    CHECK(count == 6 && memcmp(copy, filter, sizeof filter) == 0 && copy[6].code == 0x5555);
    printf("%08x %016lx\n", copy[4].k, guest_hash(copy, sizeof copy));

    // struct ip_msfilter: as many sources as numsrc says.
    struct ip_mreq_source source = {.imr_interface.s_addr = htonl(INADDR_LOOPBACK), .imr_multiaddr.s_addr = htonl(0xe8010203)};
    for (uint32_t i = 0; i < 4; i++) {
        source.imr_sourceaddr.s_addr = htonl(0x0a000001 + i + (uint32_t)(guest_random() % 1000) * 16);
        if (setsockopt(fd, IPPROTO_IP, IP_ADD_SOURCE_MEMBERSHIP, &source, sizeof source) != 0) {
            printf("no multicast here: errno %d\n", errno);
            return guest_success();
        }
    }
    struct { struct in_addr group, interface; uint32_t mode, count; uint32_t sources[8]; } answer;
    memset(&answer, 0x55, sizeof answer);
    answer.group = source.imr_multiaddr, answer.interface = source.imr_interface;
    answer.mode = MCAST_INCLUDE, answer.count = 8;
    socklen_t length = 16;
    CHECK(getsockopt(fd, IPPROTO_IP, 41 /* IP_MSFILTER */, &answer, &length) == 0);
    printf("%u sources, length %u, %016lx\n", answer.count, length, guest_hash(&answer, sizeof answer));
    return guest_success();
}
