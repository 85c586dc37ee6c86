// MADV_GUARD_INSTALL (Linux 6.13) makes pages fault whatever their protection, and MADV_GUARD_REMOVE ends it. Advice that
// nobody knows is refused.
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
    return guest_success();
}
