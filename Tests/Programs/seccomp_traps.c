// SECCOMP_RET_TRAP: what the handler of SIGSYS sees, and what it makes of the call; outputs of calls that were not made.
#include "guest.h"

#include "filter.h"

#include <ucontext.h>

static volatile int traps;
static siginfo_t seen;
static long number_in_rax;
static unsigned long after_call;

static void handle(int signal, siginfo_t *info, void *context) {
    ucontext_t *user = context;
    CHECK(signal == SIGSYS);
    traps++;
    seen = *info;
    number_in_rax = user->uc_mcontext.gregs[REG_RAX];
    after_call = (unsigned long)user->uc_mcontext.gregs[REG_RIP];
    user->uc_mcontext.gregs[REG_RAX] = info->si_syscall + 10000;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGSYS, &action, NULL) == 0);
    filter_prepare();
    int pipes[2];
    CHECK(pipe(pipes) == 0 && write(pipes[1], "text", 4) == 4);
    CHECK(FILTER_INSTALL(0, FILTER_LOAD(nr), FILTER_CALL(SYS_uname, SECCOMP_RET_TRAP | 77),
                         FILTER_CALL(SYS_read, SECCOMP_RET_TRAP), FILTER_CALL(SYS_sched_getaffinity, SECCOMP_RET_TRAP),
                         FILTER_RETURN(SECCOMP_RET_ALLOW)) == 0);
    long result;
    __asm__ volatile("syscall" : "=a"(result) : "a"(SYS_uname), "D"(0) : "rcx", "r11", "memory");
    CHECK(result == SYS_uname + 10000 && traps == 1);
    CHECK(number_in_rax == SYS_uname);
    CHECK(seen.si_signo == SIGSYS && seen.si_code == 1 && seen.si_errno == 77);
    CHECK(seen.si_syscall == SYS_uname && seen.si_arch == AUDIT_ARCH_X86_64);
    CHECK((unsigned long)seen.si_call_addr == after_call);
    CHECK(memcmp((char *)after_call - 2, "\x0f\x05", 2) == 0);

    char buffer[8] = "before";
    CHECK(syscall(SYS_read, pipes[0], buffer, sizeof buffer) == SYS_read + 10000);
    CHECK(strcmp(buffer, "before") == 0);
    // A call that a recorder might answer by itself.
    unsigned long mask[16] = {0};
    CHECK(syscall(SYS_sched_getaffinity, 0, sizeof mask, mask) == SYS_sched_getaffinity + 10000);
    CHECK(mask[0] == 0 && traps == 3);
    for (int i = 0; i < 100; i++) CHECK(syscall(SYS_uname, i) == SYS_uname + 10000);
    printf("%d traps, random %016lx\n", traps, guest_random());
    return guest_success();
}
