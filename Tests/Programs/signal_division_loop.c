// Divisions by zero in a loop: the SIGFPE handler puts another divisor into the register, and the division is repeated.
#include "guest.h"

#include <ucontext.h>

static volatile int faults;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGFPE && info->si_code == FPE_INTDIV);
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    CHECK((*registers)[REG_RCX] == 0);
    (*registers)[REG_RCX] = 7 + faults++;
}

int main(void) {
    CHECK(sigaction(SIGFPE, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t sum = 0, seed = guest_random() >> 1;
    for (uint64_t i = 0; i < 200000; i++) {
        uint64_t quotient = seed + i, rest = 0, divisor = i % 1000 == 0 ? 0 : i % 1000;
        __asm__ volatile("div %2" : "+a"(quotient), "+d"(rest), "+c"(divisor)::"cc");
        sum = sum * 31 + quotient + rest;
    }
    CHECK(faults == 200);
    printf("%016lx\n", sum);
    return guest_success();
}
