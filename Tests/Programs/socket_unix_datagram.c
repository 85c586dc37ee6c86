// Unix datagrams: abstract names, autobind, sendto and recvfrom with the sender's name.
#include "guest.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void) {
    int one = socket(AF_UNIX, SOCK_DGRAM, 0), two = socket(AF_UNIX, SOCK_DGRAM, 0);
    CHECK(one >= 0 && two >= 0);
    sa_family_t family = AF_UNIX;
    CHECK(bind(one, (struct sockaddr *)&family, sizeof family) == 0);  // The kernel chooses a name.
    CHECK(bind(two, (struct sockaddr *)&family, sizeof family) == 0);
    struct sockaddr_un name_one, name_two, from;
    socklen_t length_one = sizeof name_one, length_two = sizeof name_two, length = sizeof from;
    CHECK(getsockname(one, (struct sockaddr *)&name_one, &length_one) == 0);
    CHECK(getsockname(two, (struct sockaddr *)&name_two, &length_two) == 0);
    CHECK(length_one == offsetof(struct sockaddr_un, sun_path) + 6 && name_one.sun_path[0] == 0);
    uint64_t value = guest_random(), back;
    CHECK(sendto(one, &value, sizeof value, 0, (struct sockaddr *)&name_two, length_two) == sizeof value);
    CHECK(recvfrom(two, &back, sizeof back, 0, (struct sockaddr *)&from, &length) == sizeof back && back == value);
    CHECK(length == length_one && memcmp(&from, &name_one, length) == 0);
    printf("@%.5s to @%.5s: %016lx\n", name_one.sun_path + 1, name_two.sun_path + 1, back);
    return guest_success();
}
