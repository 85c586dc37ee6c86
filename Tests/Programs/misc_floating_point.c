// x87, SSE and AVX values live across system calls, and long doubles print.
#include "guest.h"

__attribute__((target("avx"))) static void across_avx(const double *in, double *out) {
    __asm__ volatile("vmovupd (%0), %%ymm7; vaddpd %%ymm7, %%ymm7, %%ymm8; mov $39, %%eax; syscall;"
                     "vmovupd %%ymm8, (%1); vzeroupper"
                     ::"r"(in), "r"(out) : "rax", "rcx", "r11", "xmm7", "xmm8", "memory");
}

int main(void) {
    long double x = (long double)(guest_random() >> 1) / 3;
    double sums[4] = {(double)getpid(), 0.1, 1e300, -0.0}, doubled[4] = {0};
    long double pi;
    __asm__ volatile("fldpi; mov $39, %%eax; syscall; fstpt %0" : "=m"(pi)::"rax", "rcx", "r11", "memory");
    CHECK(pi > 3.14159265358979323L && pi < 3.14159265358979324L);
    volatile double a = 0.1, b = 0.2;
    for (int i = 0; i < 1000; i++) {
        a = a * 1.0000001 + b;
        if (i % 100 == 0) CHECK(getppid() >= 0);
    }
    if (__builtin_cpu_supports("avx")) {
        across_avx(sums, doubled);
        CHECK(doubled[0] == sums[0] * 2 && doubled[1] == 0.2 && doubled[2] == 2e300);
    }
    printf("%.20Lg %.20Lg %.17g %a\n", x, pi, a, a);
    return guest_success();
}
