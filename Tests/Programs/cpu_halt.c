// Privileged instructions of the program's own are still SIGSEGV without an address, and undefined ones SIGILL at
// theirs: in code with tables and without, beside CPUID and in place of it.
#include "processor.h"

typedef void function(void);

__attribute__((naked, noinline)) static void halt(void) { __asm__("hlt; ret"); }
__attribute__((naked, noinline)) static void disable(void) { __asm__("cli; ret"); }
__attribute__((naked, noinline)) static void undefined(void) { __asm__("nop; ud2; ret"); }
__attribute__((naked, noinline)) static void both(void) {
    __asm__("push %rbx; xor %eax, %eax; cpuid; pop %rbx; hlt; ret");
}

static void expect(void *code, int signal, int reason, size_t offset) {
    signal_place = NULL;
    int number = sigsetjmp(before_signal, 1);
    if (number == 0) {
        ((function *)(uintptr_t)code)();
        CHECK(!"no signal");
    }
    CHECK(number == signal && signal_code == reason);
    CHECK(signal_place == (unsigned char *)code + offset);
    CHECK(signal_address == (signal == SIGILL ? signal_place : NULL));
}

int main(void) {
    handle_by_leaving(SIGSEGV), handle_by_leaving(SIGILL);
    unsigned char *code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) code = NULL;  // Some systems forbid it.
    for (int i = 0; i < 8; i++) {
        expect((void *)(uintptr_t)halt, SIGSEGV, SI_KERNEL, 0);
        expect((void *)(uintptr_t)disable, SIGSEGV, SI_KERNEL, 0);
        expect((void *)(uintptr_t)undefined, SIGILL, ILL_ILLOPN, 1);
        expect((void *)(uintptr_t)both, SIGSEGV, SI_KERNEL, 6);
        if (code == NULL) continue;
        // cpuid becomes hlt; nop, which is what someone else might put there.
        unsigned char *place = code + 61 * i;
        memcpy(place, (unsigned char[]){0x53, 0x31, 0xc0, 0x0f, 0xa2, 0x5b, 0xc3}, 7);
        ((function *)(uintptr_t)place)();
        memcpy(place, (unsigned char[]){0xf4, 0x90, 0xc3}, 3);
        expect(place, SIGSEGV, SI_KERNEL, 0);
        memcpy(place, (unsigned char[]){0x0f, 0x0b, 0xc3}, 3);
        expect(place, SIGILL, ILL_ILLOPN, 0);
        memcpy(code + 4095, (unsigned char[]){0x0f, 0x0b}, 2);
        expect(code + 4095, SIGILL, ILL_ILLOPN, 0);
    }
    puts("as ever");
    return guest_success();
}
