// CPUID, XGETBV and XSAVE in signal handlers: on another stack, of a fault, with SIGSEGV blocked, and in between
// instructions that do the same.
#include "processor.h"

#include <sys/time.h>

static uint64_t mask, leaves;
static volatile int handled;

static void look(void) {
    CHECK(hash_of_leaves() == leaves);
    if (!has_xsave()) return;
    CHECK(xgetbv(0) == mask);
    static unsigned char area[16384] __attribute__((aligned(64)));
    memset(area, 0xa5, sizeof area), memset(area + 512, 0, 64);
    __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
    CHECK(area[area_size()] == 0xa5 && area[0] == 0x7f);
}

static void handler(int number, siginfo_t *info, void *context) {
    (void)info;
    look();
    if (number == SIGSEGV) ((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP] += 2;
    handled++;
}

int main(void) {
    mask = enabled_mask(), leaves = hash_of_leaves();
    stack_t alternate = {.ss_sp = map_pages(16, PROT_READ | PROT_WRITE), .ss_size = 16 * 4096};
    CHECK(sigaltstack(&alternate, NULL) == 0);
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    sigfillset(&action.sa_mask);
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0 && sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0 && handled == 1);
    // mov (%rax), %al has two bytes.
    __asm__ volatile("mov (%%rax), %%al" ::"a"(8));
    CHECK(handled == 2);
    // Now and then while the same instructions are executed all the time.
    for (int before = handled; handled < 8; before = handled) {
        CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 3000}}, NULL) == 0);
        while (handled == before) look();
    }
    printf("%lx\n", mask);
    return guest_success();
}
