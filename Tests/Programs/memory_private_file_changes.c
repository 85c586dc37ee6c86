// Every call that changes a file's contents shows in private mappings of it: each mapping is made before the one change.
#include "guest.h"

#include <linux/falloc.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/sendfile.h>

enum { PAGE = 4096, PAGES = 4 };

static int source_fd;

static void change(int step, int fd) {
    struct iovec vector[2] = {{"in", 2}, {"pieces", 6}};
    loff_t from = 0, to = PAGE + 7;
    errno = 0;
    ssize_t result = -1;
    switch (step) {
    case 0:
        CHECK(lseek(fd, 2 * PAGE - 3, SEEK_SET) > 0);
        result = write(fd, "write", 5);
        break;
    case 1: result = pwrite(fd, "pwrite", 6, 10); break;
    case 2:
        CHECK(lseek(fd, 2 * PAGE, SEEK_SET) > 0);
        result = writev(fd, vector, 2);
        break;
    case 3: result = pwritev(fd, vector, 2, PAGE - 1); break;
    case 4: result = pwritev2(fd, vector, 2, PAGE + 20, 0); break;
    case 5:
        CHECK(lseek(fd, 30, SEEK_SET) == 30);
        result = pwritev2(fd, vector, 2, -1, 0);
        break;
    case 6: result = pwritev2(fd, vector, 2, 0, RWF_APPEND); break;
    case 7:
        CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0);
        result = pwrite(fd, "appended", 8, 0);  // At the end, whatever the position.
        break;
    case 8:
        CHECK(fcntl(fd, F_SETFL, O_APPEND) == 0);
        result = write(fd, "at the end", 10);
        break;
    case 9:
        CHECK(lseek(fd, 50, SEEK_SET) == 50);
        result = sendfile(fd, source_fd, &from, 40);
        break;
    case 10: result = copy_file_range(source_fd, &from, fd, &to, 3000, 0); break;
    case 11: {
        CHECK(lseek(fd, 100, SEEK_SET) == 100 && lseek(source_fd, 5, SEEK_SET) == 5);
        result = copy_file_range(source_fd, NULL, fd, NULL, 60, 0);
        break;
    }
    case 12: {
        int pipes[2];
        CHECK(pipe(pipes) == 0 && write(pipes[1], "through a pipe", 14) == 14);
        result = splice(pipes[0], NULL, fd, &to, 14, 0);
        CHECK(close(pipes[0]) == 0 && close(pipes[1]) == 0);
        break;
    }
    case 13: result = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 100, PAGE + 200); break;
    case 14: result = fallocate(fd, FALLOC_FL_ZERO_RANGE, PAGE, 3 * PAGE + 5); break;
    case 15: result = fallocate(fd, FALLOC_FL_COLLAPSE_RANGE, PAGE, PAGE); break;
    case 16: result = fallocate(fd, FALLOC_FL_INSERT_RANGE, PAGE, 2 * PAGE); break;
    case 17: result = ioctl(fd, FICLONE, source_fd); break;
    case 18: {
        struct file_clone_range range = {source_fd, 0, PAGE, PAGE};
        result = ioctl(fd, FICLONERANGE, &range);
        break;
    }
    case 19: {
        char *s = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        CHECK(s != MAP_FAILED);
        result = madvise(s + PAGE, PAGE, MADV_REMOVE);
        memcpy(s, "stored", 6);
        CHECK(munmap(s, PAGES * PAGE) == 0);
        break;
    }
    case 20: {
        // The kernel reads into the shared mapping.
        char *s = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
        CHECK(s != MAP_FAILED);
        result = pread(source_fd, s + 300, 30, 5);
        CHECK(munmap(s, PAGES * PAGE) == 0);
        break;
    }
    }
    // Not every file system can do all.
    printf("%d: %zd %s\n", step, result, result < 0 ? strerrorname_np(errno) : "");
}

int main(void) {
    source_fd = guest_file("source", "");
    char text[PAGES * PAGE];
    for (int i = 0; i < (int)sizeof text; i++) text[i] = 'A' + i % 23;
    CHECK(write(source_fd, text, sizeof text) == sizeof text);
    for (int step = 0; step <= 20; step++) {
        int fd = guest_file("file", "");
        for (int i = 0; i < (int)sizeof text; i++) text[i] = 'a' + (i + step) % 25;
        CHECK(write(fd, text, sizeof text) == sizeof text);
        char *p = mmap(NULL, (PAGES + 1) * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
        CHECK(p != MAP_FAILED);
        p[2 * PAGE + 1] = '!';
        uint64_t before = guest_hash(p, PAGES * PAGE);
        change(step, fd);
        struct stat status;
        CHECK(fstat(fd, &status) == 0);
        size_t length = (size_t)status.st_size < sizeof text ? (size_t)status.st_size : sizeof text;
        printf("%lx %lx of %ld, first %.20s\n", before, guest_hash(p, length), status.st_size, p);
        // The program's own page stays, unless the call took it away.
        printf("%.6s %.10s\n", p + 2 * PAGE, p + PAGE);
        CHECK(madvise(p, PAGES * PAGE, MADV_DONTNEED) == 0);
        printf("%lx\n", guest_hash(p, length));
        CHECK(pread(fd, text, length, 0) == (ssize_t)length && guest_hash(text, length) == guest_hash(p, length));
        CHECK(munmap(p, (PAGES + 1) * PAGE) == 0 && close(fd) == 0 && unlink("file") == 0);
    }
    CHECK(unlink("source") == 0);
    return guest_success();
}
