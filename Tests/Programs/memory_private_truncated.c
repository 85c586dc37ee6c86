// A file is truncated, grows and is cut by every call that can, under private and shared mappings in two processes: SIGBUS
// beyond its end, zeros where it grew, and no page of one's own survives the end of the file.
#include "guest.h"

#include <setjmp.h>

enum { PAGE = 4096, PAGES = 5 };
static sigjmp_buf escape;

static void handler(int signal) { siglongjmp(escape, signal); }

static void show(const char *when, const volatile char *p) {
    printf("%s:", when);
    for (int i = 0; i < PAGES; i++) {
        if (sigsetjmp(escape, 1) == 0) {
            printf(" %d/%d", p[i * PAGE], p[i * PAGE + 100]);
        } else {
            printf(" bus");
        }
    }
    printf("\n");
}

static void fill(int fd, char byte) {
    char page[PAGE];
    memset(page, byte, PAGE);
    CHECK(lseek(fd, 0, SEEK_SET) == 0);
    for (int i = 0; i < 3; i++) CHECK(write(fd, page, PAGE) == PAGE);
}

static void all(const volatile char *p, const volatile char *s, const char *when) {
    show(when, p);
    if (s) show(when, s);
}

static void run(bool is_shared) {
    int fd = guest_file("file", "");
    fill(fd, 'a');
    volatile char *p = mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    volatile char *s = is_shared ? mmap(NULL, PAGES * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) : NULL;
    CHECK(p != MAP_FAILED && s != MAP_FAILED);
    all(p, s, "mapped");
    p[0] = 1;
    p[PAGE] = 2;
    if (s) s[2 * PAGE] = 3;
    int to_child[2], to_parent[2];
    CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 10; i++) {
            guest_await(to_child[0]);
            all(p, s, "child");
            guest_signal(to_parent[1]);
        }
        _exit(0);
    }
    for (int i = 0; i < 10; i++) {
        int other = -1;
        switch (i) {
        case 0: CHECK(ftruncate(fd, PAGE + 50) == 0); break;
        case 1: CHECK(pwrite(fd, "g", 1, 4 * PAGE) == 1); break;
        case 2: CHECK(truncate("file", PAGE / 2) == 0); break;
        case 3: fill(fd, 'b'); break;
        case 4: CHECK((other = open("./file", O_WRONLY | O_TRUNC)) >= 0); break;
        case 5: CHECK(ftruncate(fd, 3 * PAGE) == 0); break;
        case 6: CHECK((other = creat("file", 0600)) >= 0); break;
        case 7: CHECK(fallocate(fd, 0, 0, 2 * PAGE) == 0 || errno == EOPNOTSUPP); break;
        case 8: {
            char name[64];
            snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
            CHECK(truncate(name, 100) == 0);
            break;
        }
        case 9: {
            struct {
                uint64_t flags, mode, resolve;
            } how = {O_RDWR | O_TRUNC, 0, 0};
            other = (int)syscall(SYS_openat2, AT_FDCWD, "file", &how, sizeof how);
            CHECK(other >= 0 || errno == ENOSYS || errno == EPERM);
            break;
        }
        }
        if (other >= 0) CHECK(close(other) == 0);
        printf("%d\n", i);
        all(p, s, "parent");
        guest_signal(to_child[1]);
        guest_await(to_parent[0]);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(munmap((void *)p, PAGES * PAGE) == 0);
    if (s) CHECK(munmap((void *)s, PAGES * PAGE) == 0);
    CHECK(close(fd) == 0 && unlink("file") == 0);
}

int main(void) {
    CHECK(signal(SIGBUS, handler) != SIG_ERR);
    run(false);
    run(true);
    return guest_success();
}
