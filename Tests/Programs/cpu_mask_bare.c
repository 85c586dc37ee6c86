// XGETBV and CPUID in a program that has no library, no unwind information and no symbols.
// cflags: -nostdlib -static -ffreestanding -fno-stack-protector -fno-asynchronous-unwind-tables -s
#include "bare.h"

struct words {
    unsigned a, b, c, d;
};

__attribute__((noinline)) static struct words cpuid(unsigned leaf, unsigned subleaf) {
    struct words words;
    __asm__ volatile("cpuid" : "=a"(words.a), "=b"(words.b), "=c"(words.c), "=d"(words.d) : "a"(leaf), "c"(subleaf));
    return words;
}

__attribute__((noinline)) static unsigned long mask(void) {
    unsigned low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (unsigned long)high << 32 | low;
}

static volatile int illegal;

static void no_xgetbv(int number, siginfo_t *info, void *context) {
    unsigned long *place = &((struct { unsigned long head[5]; unsigned long registers[23]; } *)context)->registers[16];
    BARE_CHECK(number == SIGILL && info->si_addr == (void *)*place);
    *place += 3;
    illegal = 1;
}

static int bare_main(void) {
    int exists = cpuid(1, 0).c >> 27 & 1;
    bare_handle(SIGILL, no_xgetbv);
    unsigned long value = mask();
    BARE_CHECK(illegal == !exists);
    if (exists) {
        unsigned size = 576;
        for (unsigned i = 2; i < 63; i++) {
            if (!(value >> i & 1)) continue;
            struct words part = cpuid(13, i);
            if (part.a + part.b > size) size = part.a + part.b;
        }
        BARE_CHECK((value & 3) == 3 && (value & ~(unsigned long)cpuid(13, 0).a) == 0 && cpuid(13, 0).b == size);
        BARE_CHECK((cpuid(7, 0).b >> 16 & 1) == ((value & 0xe0) == 0xe0));
        bare_write_number("mask", value);
    }
    bare_write("EXIT-SUCCESS\n");
    return 0;
}
