// A handler may change the interrupted registers through its ucontext, and the others survive it.
#include "guest.h"

#include <ucontext.h>

static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    ucontext_t *interrupted = context;
    CHECK((interrupted->uc_mcontext.gregs[REG_R12] & 0xffff) == 0x1234);
    interrupted->uc_mcontext.gregs[REG_R12] = 0x5678;
    // Whatever the handler does with its own registers is undone.
    __asm__ volatile("mov $-1, %%rbx; mov $-1, %%r13; pxor %%xmm3, %%xmm3" ::: "rbx", "r13", "xmm3");
}

int main(void) {
    CHECK(sigaction(SIGUSR2, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t r12, r13, rbx, xmm3, pid = (uint64_t)getpid(), random = guest_random();
    __asm__ volatile("mov $0x1234, %%r12; mov %5, %%r13; mov %5, %%rbx; movq %5, %%xmm3;"
                     "mov %4, %%rdi; mov $12, %%esi; mov $62, %%eax; syscall;"  // kill(pid, SIGUSR2)
                     "mov %%r12, %0; mov %%r13, %1; mov %%rbx, %2; movq %%xmm3, %3"
                     : "=&m"(r12), "=&m"(r13), "=&m"(rbx), "=&m"(xmm3)
                     : "m"(pid), "r"(random)
                     : "rax", "rbx", "rcx", "rdi", "rsi", "r11", "r12", "r13", "xmm3", "memory");
    CHECK(r12 == 0x5678 && r13 == random && rbx == random && xmm3 == random);
    printf("%016lx\n", random);
    return guest_success();
}
