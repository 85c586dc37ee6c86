// A program's own int3 instructions in a loop: SIGTRAP with the address behind them; one is patched in and out.
#include "guest.h"

#include <ucontext.h>

static volatile int hits;
static volatile uint64_t value;
static unsigned char *code;

static void handler(int signal, siginfo_t *info, void *context) {
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    CHECK(signal == SIGTRAP && info->si_code == SI_KERNEL);
    CHECK(((const unsigned char *)(*registers)[REG_RIP])[-1] == 0xcc);
    hits++;
    if ((*registers)[REG_RIP] == (greg_t)(code + 1)) {
        (*registers)[REG_RIP] = (greg_t)code;
        *code = 0x90;
    }
    value += (uint64_t)hits;
}

int main(void) {
    CHECK(sigaction(SIGTRAP, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    value = guest_random();
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 20000; k++) value = value * 6364136223846793005 + 1;
        __asm__ volatile("int3" ::: "memory");
    }
    CHECK(hits == 100);
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code != MAP_FAILED) {  // Some systems forbid it.
        code[1] = 0xc3;        // ret
        for (int i = 0; i < 100; i++) {
            *code = 0xcc;
            ((void (*)(void))(uintptr_t)code)();
        }
        CHECK(hits == 200 && *code == 0x90);
    }
    printf("%016lx\n", value);
    return guest_success();
}
