// A filter that answers calls of 32-bit programs, as sandboxes do, and one that traps them.
#include "guest.h"

#include "filter.h"

#include <ucontext.h>

static siginfo_t seen;
static volatile bool is_missing;

static void handle(int signal, siginfo_t *info, void *context) {
    ucontext_t *user = context;
    if (signal == SIGSEGV) {
        // A kernel without such calls.
        is_missing = true;
        user->uc_mcontext.gregs[REG_RIP] += 2;
        return;
    }
    seen = *info;
    CHECK(user->uc_mcontext.gregs[REG_RAX] == 20);
    user->uc_mcontext.gregs[REG_RAX] = 77;
}

static long call32(long number) {
    long result;
    __asm__ volatile("int $0x80" : "=a"(result) : "a"(number), "b"(0xffff0001ul), "c"(2), "d"(3) : "memory");
    return result;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGSYS, &action, NULL) == 0 && sigaction(SIGSEGV, &action, NULL) == 0);
    filter_prepare();
    CHECK(FILTER_INSTALL(0, FILTER_LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_I386, 1, 0),
                         FILTER_RETURN(SECCOMP_RET_ALLOW), FILTER_LOAD(nr), FILTER_CALL(20, SECCOMP_RET_TRAP | 5),
                         FILTER_LOAD(args[0]), FILTER_CALL(0xffff0001, SECCOMP_RET_ERRNO | EXDEV),
                         FILTER_RETURN(SECCOMP_RET_KILL_PROCESS)) == 0);
    long result = call32(4);
    CHECK(is_missing || (int)result == -EXDEV);
    result = call32(20);
    CHECK(is_missing || (result == 77 && seen.si_arch == AUDIT_ARCH_I386 && seen.si_syscall == 20 && seen.si_errno == 5));
    return guest_success();
}
