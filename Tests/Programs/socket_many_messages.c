// sendmmsg and recvmmsg: several messages per call, each with its length, flags and sender's name.
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>

int main(void) {
    int one = socket(AF_INET, SOCK_DGRAM, 0), two = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)}, names[4];
    socklen_t length = sizeof address;
    CHECK(bind(one, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(one, (struct sockaddr *)&address, &length) == 0);
    CHECK(connect(two, (struct sockaddr *)&address, sizeof address) == 0);
    char out[3][32], in[4][20];
    struct iovec out_vectors[3], in_vectors[4];
    struct mmsghdr messages[4];
    memset(messages, 0, sizeof messages);
    for (int i = 0; i < 3; i++) {
        snprintf(out[i], sizeof out[i], "%016lx and so on", guest_random());
        out_vectors[i] = (struct iovec){out[i], (size_t)(10 + i * 10)};
        messages[i].msg_hdr = (struct msghdr){.msg_iov = &out_vectors[i], .msg_iovlen = 1};
    }
    CHECK(sendmmsg(two, messages, 3, 0) == 3);
    CHECK(messages[0].msg_len == 10 && messages[2].msg_len == 30);
    for (int i = 0; i < 4; i++) {
        in_vectors[i] = (struct iovec){in[i], sizeof in[i]};
        messages[i].msg_hdr = (struct msghdr){
            .msg_iov = &in_vectors[i], .msg_iovlen = 1, .msg_name = &names[i], .msg_namelen = sizeof names[i]};
        messages[i].msg_len = 77;
    }
    CHECK(recvmmsg(one, messages, 4, MSG_WAITFORONE, NULL) == 3);
    for (int i = 0; i < 3; i++) {
        unsigned kept = i == 2 ? 20 : (unsigned)(10 + i * 10);
        CHECK(messages[i].msg_len == kept && memcmp(in[i], out[i], kept) == 0);
        CHECK(!(messages[i].msg_hdr.msg_flags & MSG_TRUNC) == (i != 2));
        CHECK(messages[i].msg_hdr.msg_namelen == sizeof names[i]);
    }
    CHECK(messages[3].msg_len == 77);
    printf("from port %d: %.16s\n", ntohs(names[0].sin_port), in[1]);
    return guest_success();
}
