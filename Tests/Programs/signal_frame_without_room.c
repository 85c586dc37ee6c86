// A handler whose frame fits nowhere: SIGSEGV comes instead, and its handler has a stack of its own. The instruction that
// the thread stands at is not to blame for it, be it one that raised the first signal or one that the recorder emulates.
#include "guest.h"

#include <sys/ucontext.h>

static char stack[1 << 16];
static volatile int faults;
static void *place, *next;

static void never(int signal) {
    (void)signal;
    _exit(9);
}

static void fault(int signal, siginfo_t *info, void *context) {
    ucontext_t *state = context;
    CHECK(signal == SIGSEGV);
    printf("fault %d: %s\n", ++faults,
           state->uc_mcontext.gregs[REG_RIP] - (greg_t)place < 2 ? info->si_code == SI_KERNEL ? "there" : "a load" : "elsewhere");
    // Back to a stack that is one, behind the instruction.
    state->uc_mcontext.gregs[REG_RSP] = state->uc_mcontext.gregs[REG_RBX];
    state->uc_mcontext.gregs[REG_RIP] = (greg_t)next;
}

// Executes an instruction without a stack.
#define WITHOUT_STACK(instruction)                                                                                     \
    __asm__ volatile("leaq 1f(%%rip), %%rax\n movq %%rax, %0\n leaq 2f(%%rip), %%rax\n movq %%rax, %1\n"               \
                     "movq %%rsp, %%rbx\n xorl %%eax, %%eax\n movl $4096, %%esp\n"                                     \
                     "1: " instruction "\n2: movq %%rbx, %%rsp"                                                        \
                     : "=m"(place), "=m"(next)                                                                         \
                     :                                                                                                 \
                     : "rax", "rbx", "rcx", "rdx", "cc", "memory", "r11")

int main(void) {
    CHECK(sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL) == 0);
    CHECK(sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = fault, .sa_flags = SA_SIGINFO | SA_ONSTACK}, NULL) == 0);
    static const int signals[] = {SIGILL, SIGBUS, SIGFPE, SIGTRAP, SIGALRM, SIGUSR1};
    for (int i = 0; i < 6; i++) CHECK(sigaction(signals[i], &(struct sigaction){.sa_handler = never}, NULL) == 0);
    WITHOUT_STACK("ud2");
    CHECK(faults == 1);
    WITHOUT_STACK("divl %%eax");
    CHECK(faults == 2);
    WITHOUT_STACK("int3");
    CHECK(faults == 3);
    // A load and not a signal.
    WITHOUT_STACK("movl (%%rax), %%eax");
    CHECK(faults == 4);
    // rdtsc has no part in it: the signal comes while it is executed, or a moment before.
    CHECK(syscall(SYS_alarm, 1) == 0);
    WITHOUT_STACK("1: rdtsc\n jmp 1b");
    CHECK(faults == 5);
    return guest_success();
}
