// Offsets beyond 4 GB in a sparse file: lseek, pread, pwrite, stat and a mapping there.
#include "guest.h"

int main(void) {
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0);
    off_t offset = ((off_t)5 << 30) + 4096;
    uint64_t value = guest_random(), back;
    if (pwrite(fd, &value, sizeof value, offset) == -1) {
        CHECK(errno == EFBIG || errno == ENOSPC);
        printf("no large files for %d\n", getpid());
        return guest_success();
    }
    struct stat state;
    CHECK(fstat(fd, &state) == 0 && state.st_size == offset + 8);
    CHECK(lseek(fd, -8, SEEK_END) == offset && read(fd, &back, sizeof back) == sizeof back && back == value);
    CHECK(pread(fd, &back, sizeof back, offset - 8) == sizeof back && back == 0);
    uint64_t *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, offset);
    CHECK(mapped != MAP_FAILED && *mapped == value);
    printf("%016lx\n", *mapped);
    return guest_success();
}
