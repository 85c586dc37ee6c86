// Vector registers live across system calls and preemptions, 256 bits where the CPU has them: what it has is found by
// trying, not by CPUID.
// cflags: -nostdlib -static -ffreestanding -fno-stack-protector
#include "bare.h"

static volatile int has_avx = 1;

static void no_avx(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    has_avx = 0;
    // vzeroupper has three bytes.
    ((struct { unsigned long head[5]; unsigned long registers[23]; } *)context)->registers[16] += 3;
}

__attribute__((target("avx"))) static void twice_avx(const double *in, double *out) {
    __asm__ volatile("vmovupd (%0), %%ymm7; vaddpd %%ymm7, %%ymm7, %%ymm8; mov $39, %%eax; syscall;"
                     "vmovupd %%ymm8, (%1); vzeroupper"
                     ::"r"(in), "r"(out) : "rax", "rcx", "r11", "xmm7", "xmm8", "memory");
}

static void twice_sse(const double *in, double *out) {
    for (int i = 0; i < 4; i += 2)
        __asm__ volatile("movupd (%0), %%xmm7; addpd %%xmm7, %%xmm7; mov $39, %%eax; syscall; movupd %%xmm7, (%1)"
                         ::"r"(in + i), "r"(out + i) : "rax", "rcx", "r11", "xmm7", "memory");
}

static void twice(const double *in, double *out) {
    if (has_avx) twice_avx(in, out);
    else twice_sse(in, out);
}

// Long enough to be preempted while somebody else computes, too.
static double compute(double start) {
    double sums[4] = {start, start + 1, start + 2, start + 3}, doubled[4];
    for (int round = 0; round < 60; round++) {
        for (int i = 0; i < 100000; i++)
            for (int j = 0; j < 4; j++) sums[j] = sums[j] * 0.9999999 + (double)(i & 15);
        twice(sums, doubled);
        for (int j = 0; j < 4; j++) BARE_CHECK(doubled[j] == sums[j] + sums[j]);
    }
    return sums[0] + sums[1] + sums[2] + sums[3];
}

static int bare_main(void) {
    bare_handle(SIGILL, no_avx);
    __asm__ volatile("vzeroupper" ::: "memory");
    double start = (double)(bare_random() & 1023);
    long child = bare_call(__NR_fork, 0, 0, 0);
    BARE_CHECK(child >= 0);
    bare_write_number(child ? "parent" : "child", (unsigned long)(1e6 * compute(start + (child ? 0.5 : 0.25))));
    if (child == 0) return 7;
    int status = 0;
    BARE_CHECK(bare_call6(__NR_wait4, child, (long)&status, 0, 0, 0, 0) == child && status == 7 << 8);
    bare_write("EXIT-SUCCESS\n");
    return 0;
}
