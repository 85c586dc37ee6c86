// readv, writev, preadv, pwritev2, with empty and unaligned vectors.
#include "guest.h"

int main(void) {
    char text[33], one[5], two[1], three[40];
    snprintf(text, sizeof text, "%016lx%016lx", guest_random(), guest_random());
    int fd = guest_file("file", "");
    struct iovec out[] = {{text, 3}, {text + 3, 0}, {text + 3, 13}, {text + 16, 16}};
    CHECK(writev(fd, out, 4) == 32);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    memset(three, '#', sizeof three);
    struct iovec in[] = {{one, 5}, {NULL, 0}, {two, 1}, {three + 1, 39}};
    CHECK(readv(fd, in, 4) == 32);
    CHECK(memcmp(one, text, 5) == 0 && two[0] == text[5] && memcmp(three + 1, text + 6, 26) == 0);
    CHECK(three[0] == '#' && three[27] == '#');
    CHECK(preadv(fd, in, 3, 20) == 6 && memcmp(one, text + 20, 5) == 0 && two[0] == text[25]);
    CHECK(pwritev2(fd, out, 1, -1, RWF_APPEND) == 3);
    CHECK(lseek(fd, 0, SEEK_END) == 35);
    ssize_t count = preadv2(fd, in, 4, 30, 0);
    CHECK(count == 5 && memcmp(one, text + 30, 2) == 0 && memcmp(one + 2, text, 3) == 0);
    CHECK(syscall(SYS_readv, fd, in, -1) == -1 && errno == EINVAL);
    printf("%s\n", text);
    return guest_success();
}
