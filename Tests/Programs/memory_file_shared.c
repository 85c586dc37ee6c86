// A shared mapping of a file: stores reach the file and another mapping of it at once.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "0123456789");
    CHECK(ftruncate(fd, 8192) == 0);
    char *one = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    char *two = mmap(NULL, 8192, PROT_READ, MAP_SHARED, fd, 0);
    CHECK(one != MAP_FAILED && two != MAP_FAILED && one != two);
    close(fd);
    uint64_t value = guest_random();
    memcpy(one + 5000, &value, sizeof value);
    CHECK(memcmp(two + 5000, &value, sizeof value) == 0);
    CHECK(msync(one, 8192, MS_SYNC) == 0);
    uint64_t read_back;
    fd = open("file", O_RDONLY);
    CHECK(pread(fd, &read_back, sizeof read_back, 5000) == sizeof read_back);
    CHECK(read_back == value);
    printf("%p and %p show %016lx\n", (void *)one, (void *)two, value);
    return guest_success();
}
