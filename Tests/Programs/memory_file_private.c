// A private mapping of a file: its bytes at an offset, copy on write, zeroes in the tail of the last page.
#include "guest.h"

int main(void) {
    char page[4096];
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    CHECK(fd >= 0);
    for (int i = 0; i < 3; i++) {
        memset(page, 'a' + i, sizeof page);
        size_t size = i == 2 ? 100 : sizeof page;
        CHECK(write(fd, page, size) == (ssize_t)size);
    }
    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
    CHECK(mapped != MAP_FAILED);
    CHECK(mapped[0] == 'b' && mapped[4095] == 'b' && mapped[4096] == 'c' && mapped[4196] == 0);
    mapped[0] = 'X';
    char byte;
    CHECK(pread(fd, &byte, 1, 4096) == 1 && byte == 'b');
    printf("%p %016lx\n", (void *)mapped, guest_hash(mapped, 8192));
    return guest_success();
}
