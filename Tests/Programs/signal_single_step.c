// A program that sets its own trap flag gets SIGTRAP after the instruction.
#include "guest.h"

#include <ucontext.h>

static volatile int traps;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGTRAP && info->si_code == TRAP_TRACE);
    traps++;
    if (traps == 5) ((ucontext_t *)context)->uc_mcontext.gregs[REG_EFL] &= ~0x100;
}

int main(void) {
    CHECK(sigaction(SIGTRAP, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t counter = 0;
    __asm__ volatile("pushfq; orq $0x100, (%%rsp); popfq; "
                     "inc %0; inc %0; inc %0; inc %0; inc %0; inc %0; inc %0"
                     : "+r"(counter)::"cc", "memory");
    CHECK(counter == 7 && traps == 5);
    printf("%d traps in %d\n", traps, getpid());
    return guest_success();
}
