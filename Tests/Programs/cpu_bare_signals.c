// Signal handlers, synchronous and not, that change vector registers; the interrupted code finds its own again. The
// frame that the kernel builds depends on the CPU: a replay elsewhere takes the recorded one.
// cflags: -nostdlib -static -ffreestanding -fno-stack-protector
#include "bare.h"

static volatile int handled, alarms;

static void clobber(int number, siginfo_t *info, void *context) {
    (void)info, (void)context;
    __asm__ volatile("pcmpeqd %%xmm0, %%xmm0; pcmpeqd %%xmm7, %%xmm7; pcmpeqd %%xmm15, %%xmm15; fldpi; fstp %%st(0)"
                     ::: "xmm0", "xmm7", "xmm15");
    if (number == SIGALRM) alarms++;
    else handled++;
}

// Goes on behind the `ud2`.
static void skip(int number, siginfo_t *info, void *context) {
    clobber(number, info, context);
    ((struct { unsigned long head[5]; unsigned long registers[23]; } *)context)->registers[16] += 2;
}

static unsigned long across(int fault) {
    unsigned long words[2] = {0x0123456789abcdef, 0xfedcba9876543210}, found[2];
    if (fault)
        __asm__ volatile("movups %1, %%xmm7; ud2; movups %%xmm7, %0" : "=m"(found) : "m"(words) : "xmm7");
    else
        __asm__ volatile("movups %1, %%xmm7; mov $39, %%eax; syscall; mov %%eax, %%edi; mov $10, %%esi; mov $62, %%eax;"
                         "syscall; movups %%xmm7, %0"
                         : "=m"(found) : "m"(words) : "rax", "rcx", "r11", "rdi", "rsi", "xmm7", "memory");
    BARE_CHECK(found[0] == words[0] && found[1] == words[1]);
    return found[0] ^ found[1];
}

static int bare_main(void) {
    bare_handle(SIGUSR1, clobber);
    bare_handle(SIGILL, skip);
    bare_handle(SIGALRM, clobber);
    for (int i = 0; i < 20; i++) BARE_CHECK(across(i & 1));
    BARE_CHECK(handled == 20);
    bare_alarm(20000);
    unsigned long sum = bare_random(), rounds = 0;
    double x = 1;
    while (alarms < 10) {
        // MUL, shifts and BSF leave flags undefined; a signal may come behind any of them.
        for (int i = 1; i < 1000; i++) {
            unsigned long low = sum, high, bit;
            __asm__ volatile("mulq %2" : "+a"(low), "=d"(high) : "r"(sum | 1));
            __asm__ volatile("bsfq %1, %0" : "=r"(bit) : "r"(high | 1));
            __asm__ volatile("shlq %%cl, %0" : "+r"(low) : "c"(bit + 3));
            sum += low ^ high;
            x = x * 1.0000001 + (double)(sum & 255);
        }
        rounds++;
    }
    bare_alarm(0);
    bare_write_number("sum", sum);
    bare_write_number("rounds", rounds);
    bare_write_number("x", (unsigned long)x);
    bare_write("EXIT-SUCCESS\n");
    return 0;
}
