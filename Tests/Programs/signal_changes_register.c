// A loop that waits for a register to change, which only a handler can do, through its ucontext.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

static volatile uint64_t waits_from, waits_to;
static uint64_t value;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGALRM && info != NULL);
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    uint64_t at = (uint64_t)(*registers)[REG_RIP];
    if (at >= waits_from && at < waits_to) (*registers)[REG_RBX] = (greg_t)value;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    for (int round = 0; round < 4; round++) {
        uint64_t seen = 0;
        value = guest_random() | 1;
        __asm__ volatile("lea 1f(%%rip), %%rax; mov %%rax, %1; lea 2f(%%rip), %%rax; mov %%rax, %2;"
                         "xor %0, %0; 1: test %0, %0; jz 1b; 2:"
                         : "+b"(seen), "=m"(waits_from), "=m"(waits_to)::"rax", "cc", "memory");
        CHECK(seen == value);
        printf("%016lx\n", seen);
    }
    return guest_success();
}
