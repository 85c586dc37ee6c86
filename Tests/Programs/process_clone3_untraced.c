// CLONE_UNTRACED in clone3(2) and clone(2): the children are recorded all the same, and their registers and the request are
// what the program made them.
#include "guest.h"

#include <linux/sched.h>

static long call(long number, long first, long second) {
    register long size __asm__("rsi") = second;
    register long none2 __asm__("rdx") = 0;
    register long none3 __asm__("r10") = 0;
    register long none4 __asm__("r8") = 0;
    long result, kept;
    __asm__ volatile("syscall"
                     : "=a"(result), "=D"(kept)
                     : "0"(number), "1"(first), "r"(size), "r"(none2), "r"(none3), "r"(none4)
                     : "rcx", "r11", "memory");
    if (result == 0) _exit(kept == first && getppid() > 0 ? 7 : 8);
    CHECK(kept == first);
    return result;
}

int main(void) {
    // Where nobody can write.
    struct clone_args *request = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(request != MAP_FAILED);
    request->flags = CLONE_UNTRACED;
    request->exit_signal = SIGCHLD;
    CHECK(mprotect(request, 4096, PROT_READ) == 0);
    printf("clone3: %d\n", guest_wait_exit((pid_t)call(SYS_clone3, (long)request, sizeof *request)));
    CHECK(request->flags == CLONE_UNTRACED);
    printf("clone: %d\n", guest_wait_exit((pid_t)call(SYS_clone, CLONE_UNTRACED | SIGCHLD, 0)));
    return guest_success();
}
