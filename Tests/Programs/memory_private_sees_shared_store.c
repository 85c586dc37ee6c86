// A store through a shared mapping shows in the pages of private mappings that were not written, in the same process, in
// another one that had it before, and in a child of that; what a process has written to itself stays.
#include "guest.h"

enum { PAGE = 4096, PAGES = 6 };

static void show(const char *who, const volatile char *p) {
    printf("%s:", who);
    for (int i = 0; i < PAGES; i++) printf(" %c%c", p[i * PAGE], p[i * PAGE + 100]);
    printf("\n");
}

int main(void) {
    int fd = guest_file("file", "");
    CHECK(unlink("file") == 0);
    char page[PAGE];
    for (int i = 0; i < PAGES; i++) {
        memset(page, 'a' + i, PAGE);
        CHECK(write(fd, page, PAGE) == PAGE);
    }
    volatile char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    // Two pages further on in the same file.
    volatile char *q = mmap(NULL, 2 * PAGE, PROT_READ, MAP_PRIVATE, fd, 2 * PAGE);
    CHECK(p != MAP_FAILED && q != MAP_FAILED);
    show("before", p);
    p[1 * PAGE] = '1';  // Ours, written before.
    p[4 * PAGE] = '4';
    // The pieces of a mapping with other protections.
    CHECK(mprotect((void *)(p + PAGE), PAGE, PROT_READ) == 0);
    CHECK(mprotect((void *)(p + 4 * PAGE), PAGE, PROT_NONE) == 0);

    int to_child[2], to_parent[2];
    CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        p[2 * PAGE] = '2';
        guest_signal(to_parent[1]);
        guest_await(to_child[0]);
        CHECK(mprotect((void *)(p + 4 * PAGE), PAGE, PROT_READ) == 0);
        show("child", p);
        pid_t grandchild = fork();
        CHECK(grandchild >= 0);
        if (grandchild == 0) {
            show("grandchild", p);
            p[3 * PAGE + 100] = '5';
            show("grandchild", p);
            _exit(0);
        }
        CHECK(guest_wait_exit(grandchild) == 0);
        guest_signal(to_parent[1]);
        guest_await(to_child[0]);
        show("child", p);
        // What was written is given up: the file as it is now.
        CHECK(madvise((void *)p, PAGES * PAGE, MADV_DONTNEED) == 0);
        show("child", p);
        _exit(0);
    }
    guest_await(to_parent[0]);
    volatile char *s = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(s != MAP_FAILED);
    for (int i = 0; i < PAGES; i++) s[i * PAGE + 100] = 'A' + i;
    CHECK(q[100] == 'C' && q[PAGE + 100] == 'D');
    guest_signal(to_child[1]);
    guest_await(to_parent[0]);
    CHECK(mprotect((void *)(p + 4 * PAGE), PAGE, PROT_READ) == 0);
    show("parent", p);
    p[5 * PAGE] = '5';  // And written after.
    for (int i = 0; i < PAGES; i++) s[i * PAGE + 100] = 'T' + i;
    show("parent", p);
    // A private mapping that comes later shows the file too.
    volatile char *r = mmap(NULL, PAGES * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(r != MAP_FAILED);
    CHECK(munmap((void *)s, PAGES * PAGE) == 0);
    show("later", r);
    CHECK(pwrite(fd, "zz", 2, 3 * PAGE) == 2);
    show("later", r);
    guest_signal(to_child[1]);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
