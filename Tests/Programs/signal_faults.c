// Handlers of synchronous faults see signal, code, address and the faulting instruction, and skip it.
#include "guest.h"

#include <ucontext.h>

static volatile siginfo_t fault;
static volatile uintptr_t fault_rip;
static volatile int skip;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == info->si_signo);
    fault = *info;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    fault_rip = (uintptr_t)registers[REG_RIP];
    registers[REG_RIP] += skip;
}

static void show(const char *what, int signal, int code) {
    CHECK(fault.si_signo == signal);
    CHECK(fault.si_code == code);
    printf("%s at %p: address %p\n", what, (void *)fault_rip, fault.si_addr);
    fault.si_signo = 0;
}

int main(void) {
    static const int signals[] = {SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGBUS};
    for (int i = 0; i < 5; i++)
        CHECK(sigaction(signals[i], &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    for (int round = 0; round < 2; round++) {
        skip = 3;  // movb (%rax), %al with an 8 bit displacement
        __asm__ volatile(".byte 0x8a, 0x40, 0x08" ::"a"(0) : "memory");
        CHECK(fault.si_addr == (void *)8);
        show("load", SIGSEGV, SEGV_MAPERR);
        __asm__ volatile(".byte 0x88, 0x40, 0x00" ::"a"(main) : "memory");
        CHECK(fault.si_addr == (void *)main);
        show("store", SIGSEGV, SEGV_ACCERR);
        __asm__ volatile(".byte 0x8a, 0x40, 0x00" ::"a"(0x8000000000000000) : "memory");
        show("non-canonical load", SIGSEGV, SI_KERNEL);
        skip = 2;
        __asm__ volatile(".byte 0xf7, 0xf1" ::"a"(1), "c"(0), "d"(0));  // div %ecx
        show("division", SIGFPE, FPE_INTDIV);
        __asm__ volatile("ud2");
        show("ud2", SIGILL, ILL_ILLOPN);
        skip = 1;
        __asm__ volatile("hlt");
        show("hlt", SIGSEGV, SI_KERNEL);
        skip = 0;
        __asm__ volatile("int3");
        show("int3", SIGTRAP, SI_KERNEL);
    }
    return guest_success();
}
