// Bad pointers give EFAULT, a partly bad buffer a short count or EFAULT, and never a crash.
#include "guest.h"

#include <poll.h>

int main(void) {
    int fd = guest_file("file", "0123456789");
    char *pages = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED && munmap(pages + 4096, 4096) == 0);
    CHECK(syscall(SYS_pread64, fd, 8, 10, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_pwrite64, fd, pages + 4096, 10, 0) == -1 && errno == EFAULT);
    long count = syscall(SYS_pread64, fd, pages + 4092, 10, 0);
    CHECK(count == 4 || (count == -1 && errno == EFAULT));
    if (count == 4) CHECK(memcmp(pages + 4092, "0123", 4) == 0);
    CHECK(syscall(SYS_clock_gettime, CLOCK_REALTIME, 8) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_stat, "file", 8) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_stat, 8, pages) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_pipe2, 8, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_poll, 8, 1, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_readv, fd, 8, 2) == -1 && errno == EFAULT);
    struct iovec vector[] = {{pages, 3}, {pages + 4096, 3}};
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    CHECK(readv(fd, vector, 2) == 3 && memcmp(pages, "012", 3) == 0);
    CHECK(syscall(SYS_rt_sigprocmask, SIG_BLOCK, NULL, 8, 8) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_getcwd, 8, 4096) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_read, fd, 0xffff800000000000, 1) == -1 && errno == EFAULT);
    printf("partly bad: %ld at %p\n", count, (void *)pages);
    return guest_success();
}
