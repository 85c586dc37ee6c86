// O_TMPFILE makes a nameless file, which linkat may name.
#include "guest.h"

int main(void) {
    int fd = open(".", O_TMPFILE | O_RDWR, 0600);
    if (fd == -1) {
        CHECK(errno == EOPNOTSUPP || errno == EISDIR);
        printf("no O_TMPFILE here: %d\n", getpid());
        return guest_success();
    }
    uint64_t value = guest_random(), back;
    CHECK(write(fd, &value, sizeof value) == sizeof value);
    char path[64];
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    CHECK(linkat(AT_FDCWD, path, AT_FDCWD, "named", AT_SYMLINK_FOLLOW) == 0);
    int again = open("named", O_RDONLY);
    CHECK(read(again, &back, sizeof back) == sizeof back && back == value);
    printf("%016lx\n", back);
    return guest_success();
}
