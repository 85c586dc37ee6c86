// MADV_DONTNEED drops private pages to zeroes and file pages to the file's bytes; other advice changes nothing.
#include "guest.h"

int main(void) {
    char *memory = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 'x', 4 * 4096);
    CHECK(madvise(memory + 4096, 4096, MADV_DONTNEED) == 0);
    CHECK(memory[4095] == 'x' && memory[4096] == 0 && memory[8191] == 0 && memory[8192] == 'x');
    CHECK(madvise(memory, 4 * 4096, MADV_WILLNEED) == 0);
    CHECK(madvise(memory, 4 * 4096, MADV_SEQUENTIAL) == 0);
    CHECK(madvise(memory, 4096, MADV_DONTFORK) == 0);
    CHECK(madvise(memory, 4096, MADV_DOFORK) == 0);
    CHECK(madvise(memory, 4096, 12345) == -1 && errno == EINVAL);

    int fd = guest_file("file", "from the file");
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(mapped != MAP_FAILED);
    memcpy(mapped, "FROM", 4);
    CHECK(madvise(mapped, 4096, MADV_DONTNEED) == 0);
    CHECK(strcmp(mapped, "from the file") == 0);
    printf("%p %p\n", (void *)memory, (void *)mapped);
    return guest_success();
}
