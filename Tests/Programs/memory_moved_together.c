// mremap of several mappings at once, and of the gap between them: Linux 6.17 moves them, others refuse.
#include "guest.h"

enum { PAGE = 4096 };

// Private memory of /dev/zero does not move together with others: what comes before it has moved already.
static void move_up_to(int mapping_count) {
    char *old = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *new = mmap(NULL, 6 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    int zero = open("/dev/zero", O_RDWR | O_CLOEXEC), data[2];
    CHECK(old != MAP_FAILED && new != MAP_FAILED && zero >= 0 && pipe(data) == 0);
    for (int i = 0; i < 6; i++) {
        snprintf(old + i * PAGE, 32, "old %d %016lx", i, guest_random());
        snprintf(new + i * PAGE, 32, "new %d %016lx", i, guest_random());
    }
    // One mapping a page, by their protections.
    for (int i = 1; i < mapping_count; i += 2) CHECK(mprotect(old + i * PAGE, PAGE, PROT_READ) == 0);
    char *last = old + mapping_count * PAGE;
    CHECK(mmap(last, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_FIXED, zero, 0) == last);
    strcpy(last, "zero");
    void *moved = mremap(old, 6 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, new);
    printf("%d mappings before it: %s\n", mapping_count, moved == MAP_FAILED ? strerror(errno) : "moved");
    // By calls, which tell of a gap.
    for (int i = 0; i < 12; i++) {
        char *page = i < 6 ? old + i * PAGE : new + (i - 6) * PAGE, text[32];
        bool is_mapped = write(data[1], page, 32) == 32;
        if (is_mapped) CHECK(read(data[0], text, 32) == 32);
        printf(" %.32s%s", is_mapped ? page : "-", i % 6 == 5 ? "\n" : ",");
    }
    CHECK(munmap(old, 6 * PAGE) == 0 && munmap(new, 6 * PAGE) == 0);
    close(zero), close(data[0]), close(data[1]);
}

int main(void) {
    for (int count = 0; count < 4; count++) move_up_to(count);
    int fd = guest_file("moved", "");
    CHECK(ftruncate(fd, 4 * PAGE) == 0);
    char text[32];
    for (int i = 0; i < 4; i++) {
        snprintf(text, sizeof text, "page %d %016lx", i, guest_random());
        CHECK(pwrite(fd, text, sizeof text, i * PAGE) == sizeof text);
    }
    char *old = mmap(NULL, 8 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *new = mmap(NULL, 8 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(old != MAP_FAILED && new != MAP_FAILED);
    snprintf(old, 32, "anonymous %016lx", guest_random());
    CHECK(mmap(old + PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, fd, 2 * PAGE) == old + PAGE);
    CHECK(munmap(old + 2 * PAGE, PAGE) == 0);
    CHECK(mmap(old + 3 * PAGE, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, fd, 0) == old + 3 * PAGE);
    CHECK(mmap(old + 5 * PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 3 * PAGE) == old + 5 * PAGE);
    char *moved = mremap(old, 6 * PAGE, 6 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, new);
    if (moved == MAP_FAILED) {
        CHECK(errno == EFAULT);
        puts("one mapping at a time");
    } else {
        CHECK(moved == new);
        printf("%s\n%s\n%s\n%s\n%s\n", new, new + PAGE, new + 3 * PAGE, new + 4 * PAGE, new + 5 * PAGE);
        snprintf(new + 4 * PAGE, 32, "stored %016lx", guest_random());
        CHECK(pread(fd, text, sizeof text, PAGE) == sizeof text);
        printf("%s\n", text);
        CHECK(pwrite(fd, "written to", 10, 2 * PAGE) == 10);
        printf("%s\n", new + PAGE);
    }
    CHECK(unlink("moved") == 0);
    return guest_success();
}
