// dup, dup2, dup3, fcntl, close_range and the lowest free descriptor.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "abcdef");
    CHECK(lseek(fd, 2, SEEK_SET) == 2);
    int copy = dup(fd);
    CHECK(copy > fd && lseek(copy, 0, SEEK_CUR) == 2);
    CHECK(fcntl(copy, F_GETFD) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(dup2(fd, 100) == 100 && dup3(fd, 101, O_CLOEXEC) == 101);
    CHECK(fcntl(100, F_GETFD) == 0 && fcntl(101, F_GETFD) == FD_CLOEXEC);
    CHECK(dup3(fd, fd, 0) == -1 && errno == EINVAL);
    CHECK(fcntl(fd, F_DUPFD, 200) == 200);
    CHECK(fcntl(fd, F_DUPFD_CLOEXEC, 200) == 201 && fcntl(201, F_GETFD) == FD_CLOEXEC);
    CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0 && (fcntl(copy, F_GETFL) & O_APPEND));
    int closed = (int)syscall(SYS_close_range, 100, 300, 0);
    CHECK(closed == 0 || errno == ENOSYS);
    CHECK(fcntl(200, F_GETFD) == -1 || closed == -1);
    close(fd);
    int lowest = open("/dev/null", O_RDONLY);
    CHECK(lowest == fd);
    printf("%d %d in %d\n", fd, copy, getpid());
    return guest_success();
}
