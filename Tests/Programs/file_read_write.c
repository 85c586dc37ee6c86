// open, read, write, lseek, pread, pwrite and their errors.
#include "guest.h"

int main(void) {
    char text[32], buffer[64];
    snprintf(text, sizeof text, "%016lx", guest_random());
    int fd = open("file", O_RDWR | O_CREAT | O_EXCL, 0644);
    CHECK(fd >= 0);
    CHECK(open("file", O_RDWR | O_CREAT | O_EXCL, 0644) == -1 && errno == EEXIST);
    CHECK(write(fd, text, 16) == 16);
    CHECK(lseek(fd, 0, SEEK_CUR) == 16);
    CHECK(read(fd, buffer, sizeof buffer) == 0);
    CHECK(lseek(fd, -6, SEEK_END) == 10);
    memset(buffer, '#', sizeof buffer);
    CHECK(read(fd, buffer, sizeof buffer) == 6);
    CHECK(memcmp(buffer, text + 10, 6) == 0 && buffer[6] == '#');
    CHECK(pwrite(fd, "end", 3, 100) == 3);
    CHECK(pread(fd, buffer, 8, 95) == 8 && memcmp(buffer, "\0\0\0\0\0end", 8) == 0);
    CHECK(lseek(fd, 0, SEEK_CUR) == 16);
    CHECK(lseek(fd, -1, SEEK_SET) == -1 && errno == EINVAL);
    CHECK(write(-1, "x", 1) == -1 && errno == EBADF);
    close(fd);
    CHECK(read(fd, buffer, 1) == -1 && errno == EBADF);
    printf("%s on %d\n", text, fd);
    return guest_success();
}
