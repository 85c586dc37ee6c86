// SIGILL as an instruction set of one's own: the handler computes what ud2 and the byte behind it mean.
#include "guest.h"

#include <ucontext.h>

static volatile int emulated;

static void handler(int signal, siginfo_t *info, void *context) {
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)(*registers)[REG_RIP];
    CHECK(signal == SIGILL && info->si_addr == code && code[0] == 0x0f && code[1] == 0x0b);
    (*registers)[REG_RAX] = (*registers)[REG_RAX] * 31 + code[2];
    (*registers)[REG_RIP] += 3;
    emulated++;
}

int main(void) {
    CHECK(sigaction(SIGILL, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t value = guest_random(), expected = value;
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 20000; k++) __asm__ volatile("imul $77, %0, %0; rol $3, %0" : "+a"(value)::"cc");
        __asm__ volatile("ud2; .byte 5; ud2; .byte 9" : "+a"(value)::"cc");
    }
    CHECK(emulated == 200);
    for (int i = 0; i < 100; i++) {
        for (int k = 0; k < 20000; k++) expected *= 77, expected = expected << 3 | expected >> 61;
        expected = (expected * 31 + 5) * 31 + 9;
    }
    CHECK(value == expected);
    printf("%016lx\n", value);
    return guest_success();
}
