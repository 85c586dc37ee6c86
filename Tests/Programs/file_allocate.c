// fallocate grows a file, punches a hole, and SEEK_DATA and SEEK_HOLE find it, where the file system can.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "");
    if (fallocate(fd, 0, 0, 65536) == -1) {
        CHECK(errno == EOPNOTSUPP);
        CHECK(ftruncate(fd, 65536) == 0);
    }
    struct stat state;
    CHECK(fstat(fd, &state) == 0 && state.st_size == 65536);
    char page[4096];
    memset(page, 'x', sizeof page);
    for (int i = 0; i < 16; i++) CHECK(write(fd, page, sizeof page) == sizeof page);
    int punched = fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 16384, 16384);
    if (punched == 0) {
        CHECK(pread(fd, page, sizeof page, 20000) == sizeof page && page[0] == 0 && page[4095] == 0);
        off_t hole = lseek(fd, 0, SEEK_HOLE);
        CHECK(hole == 16384 || hole == 65536);
    } else {
        CHECK(errno == EOPNOTSUPP);
    }
    CHECK(posix_fadvise(fd, 0, 0, POSIX_FADV_DONTNEED) == 0);
    CHECK(fsync(fd) == 0 && fdatasync(fd) == 0);
    printf("inode %lu, punched %d, pid %d\n", state.st_ino, punched, getpid());
    return guest_success();
}
