// A program that single-steps itself sees CPUID and XGETBV as one step each.
#include "processor.h"

static volatile uintptr_t places[64];
static volatile int count;

static void step(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    if (count < 64) places[count++] = (uintptr_t)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
}

extern const char first_step[], last_step[];

__attribute__((noinline)) static uint32_t stepped(uint32_t leaf) {
    uint32_t result = leaf;
    __asm__ volatile("pushfq; orl $0x100, (%%rsp); popfq;"
                     ".global first_step; first_step: nop; cpuid; nop; mov %%ebx, %%esi;"
                     "pushfq; andl $~0x100, (%%rsp); popfq; .global last_step; last_step: nop"
                     : "+a"(result)::"rbx", "rcx", "rdx", "rsi", "memory", "cc");
    return result;
}

int main(void) {
    CHECK(sigaction(SIGTRAP, &(struct sigaction){.sa_sigaction = step, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(stepped(0) == cpuid(0, 0).eax);
    // After: nop (1), cpuid (2), nop (1), mov (2), pushfq (1), andl (7), popfq (1), by the manual.
    static const int lengths[] = {1, 2, 1, 2};
    uintptr_t place = (uintptr_t)first_step;
    for (int i = 0; i < 4; i++) {
        place += (uintptr_t)lengths[i];
        CHECK(places[i] == place);
    }
    CHECK(count >= 7 && places[count - 1] == (uintptr_t)last_step);
    printf("%d steps\n", count);
    return guest_success();
}
