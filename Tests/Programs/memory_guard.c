// MADV_GUARD_INSTALL (Linux 6.13) makes pages fault whatever their protection, and MADV_GUARD_REMOVE ends it. Advice that
// nobody knows is refused. Guards of a file's private mapping (Linux 6.15) stay when the file changes.
#include "guest.h"

#include <setjmp.h>

enum { INSTALL = 102, REMOVE = 103, PAGE = 4096 };
static sigjmp_buf escape;

static void on_fault(int number) { siglongjmp(escape, number); }

static void touch(volatile char *address, const char *what) {
    int number = sigsetjmp(escape, 1);
    if (number == 0)
        printf("%s: %d\n", what, *address);
    else
        printf("%s: signal %d\n", what, number);
}

static void guard_file(void) {
    int fd = guest_file("guarded", "text");
    CHECK(ftruncate(fd, 4 * PAGE) == 0);
    char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(memory != MAP_FAILED && unlink("guarded") == 0);
    memset(memory, 1 + (int)(guest_random() % 100), 3 * PAGE);
    if (madvise(memory + PAGE, PAGE, INSTALL) != 0) {
        CHECK(errno == EINVAL);
        return;
    }
    CHECK(pwrite(fd, "c", 1, 0) == 1 && pwrite(fd, "c", 1, 3 * PAGE) == 1);
    touch(memory, "before the guard");
    touch(memory + PAGE, "guarded");
    touch(memory + 2 * PAGE, "behind the guard");
    touch(memory + 3 * PAGE, "the file's");
    CHECK(madvise(memory + PAGE, PAGE, REMOVE) == 0);
    touch(memory + PAGE, "the file's");
}

int main(void) {
    CHECK(signal(SIGSEGV, on_fault) != SIG_ERR);
    char *memory = mmap(NULL, 4 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 1 + (int)(guest_random() % 100), 4 * PAGE);
    CHECK(madvise(memory, PAGE, 12345) == -1 && errno == EINVAL);
    if (madvise(memory, 2 * PAGE, INSTALL) != 0) {
        CHECK(errno == EINVAL);
        puts("no guards here");
        return guest_success();
    }
    touch(memory, "guarded");
    touch(memory + PAGE + 5, "guarded");
    touch(memory + 2 * PAGE, "behind");
    CHECK(mprotect(memory, PAGE, PROT_READ | PROT_WRITE) == 0);
    touch(memory, "still guarded");
    int data[2];
    CHECK(pipe(data) == 0 && write(data[1], "abc", 3) == 3);
    CHECK(read(data[0], memory, 3) == -1 && errno == EFAULT);
    pid_t child = fork();
    if (child == 0) {
        touch(memory, "guarded in the child");
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(madvise(memory, PAGE, REMOVE) == 0);
    touch(memory, "zero");
    touch(memory + PAGE, "guarded");
    CHECK(read(data[0], memory, 3) == 3);
    touch(memory, "read");
    guard_file();
    return guest_success();
}
