// What is set for SIGSEGV is what was set, also after RDTSC (with which a recorder may raise SIGSEGV) while it is blocked: set
// with one structure for the new and the former action, reset in a child by CLONE_CLEAR_SIGHAND, and by a process that shares
// the handlers (CLONE_SIGHAND).
#include "guest.h"

#include <linux/sched.h>
#include <x86intrin.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ull
#endif

// As rt_sigaction(2) has it.
struct kernel_action {
    void (*handler)(int);
    unsigned long flags;
    void (*restorer)(void);
    unsigned long mask;
};

static void handle(int number) { _exit(number); }
static void restore(void) { _exit(99); }

static void handle_too(int number) { _exit(number + 1); }

static int set_other_handler(void *unused) {
    (void)unused;
    signal(SIGSEGV, handle_too);
    return 7;
}

static long set(struct kernel_action *action, struct kernel_action *former) {
    return syscall(SYS_rt_sigaction, SIGSEGV, action, former, 8);
}

// What is set, after RDTSC.
static struct kernel_action look(void) {
    struct kernel_action action;
    CHECK(__rdtsc() != 0);
    CHECK(set(NULL, &action) == 0);
    return action;
}

int main(void) {
    sigset_t blocked;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGSEGV);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);

    struct kernel_action action = {handle, 0x04000000, restore, 0};
    CHECK(set(&action, &action) == 0 && action.handler == SIG_DFL);
    CHECK(look().handler == handle && look().restorer == restore);

    struct clone_args request = {.flags = CLONE_CLEAR_SIGHAND, .exit_signal = SIGCHLD};
    pid_t child = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    CHECK(child >= 0);
    if (child == 0) _exit(look().handler == SIG_DFL ? 7 : 8);
    CHECK(guest_wait_exit(child) == 7);
    CHECK(look().handler == handle);

    static char stack[1 << 16] __attribute__((aligned(16)));
    child = clone(set_other_handler, stack + sizeof stack, CLONE_VM | CLONE_SIGHAND | SIGCHLD, NULL);
    CHECK(child > 0 && guest_wait_exit(child) == 7);
    CHECK(look().handler == handle_too);

    CHECK(signal(SIGSEGV, SIG_IGN) == handle_too);
    child = (pid_t)syscall(SYS_clone3, &request, sizeof request);
    CHECK(child >= 0);
    if (child == 0) _exit(look().handler == SIG_IGN ? 7 : 8);
    CHECK(guest_wait_exit(child) == 7);
    printf("%d\n", child);
    return guest_success();
}
