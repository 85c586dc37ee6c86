// vmsplice, tee and splice through pipes into a file.
#include "guest.h"

int main(void) {
    int one[2], two[2], fd = guest_file("file", "");
    CHECK(pipe(one) == 0 && pipe(two) == 0);
    char text[17], back[32];
    snprintf(text, sizeof text, "%016lx", guest_random());
    struct iovec vector = {text, 16};
    CHECK(vmsplice(one[1], &vector, 1, 0) == 16);
    CHECK(tee(one[0], two[1], 16, 0) == 16);
    CHECK(read(two[0], back, sizeof back) == 16 && memcmp(back, text, 16) == 0);
    loff_t offset = 4;
    CHECK(splice(one[0], NULL, fd, &offset, 16, SPLICE_F_MOVE) == 16);
    CHECK(offset == 20);
    CHECK(pread(fd, back, sizeof back, 4) == 16 && memcmp(back, text, 16) == 0);
    offset = 6;
    CHECK(splice(fd, &offset, two[1], NULL, 8, 0) == 8 && offset == 14);
    CHECK(read(two[0], back, sizeof back) == 8 && memcmp(back, text + 2, 8) == 0);
    CHECK(splice(fd, &offset, fd, NULL, 8, 0) == -1 && errno == EINVAL);
    printf("%s\n", text);
    return guest_success();
}
