// A conditional jump to itself, which a handler ends by clearing the zero flag.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

static volatile int released, ticks;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGALRM && info != NULL);
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    ticks++;
    if (memcmp((void *)(*registers)[REG_RIP], "\x74\xfe", 2) != 0) return;
    // Clear: another tick came before the jump was tried again.
    if (!((*registers)[REG_EFL] & 0x40)) return;
    (*registers)[REG_EFL] &= ~0x40;
    released++;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    for (int round = 1; round <= 5; round++) {
        __asm__ volatile("xor %%eax, %%eax; .byte 0x74, 0xfe" ::: "rax", "cc", "memory");
        CHECK(released == round);
        printf("released %d by tick %d\n", round, ticks);
    }
    return guest_success();
}
