// XRSTOR brings back what XSAVE saved: x87 registers and control, MXCSR, XMM and, where they are, the upper halves of
// YMM.
// libs: -lm
#include "processor.h"

#include <fenv.h>
#include <immintrin.h>

static unsigned char before[512], after[512];

__attribute__((target("avx"))) static void work_avx(unsigned char *area) {
    __asm__ volatile(
        "vmovdqu (%1), %%ymm0; vmovdqu 32(%1), %%ymm7; vmovdqu 64(%1), %%ymm15;"
        "mov $-1, %%eax; mov $-1, %%edx; xsave64 (%0);"
        "vzeroall; vpcmpeqd %%xmm7, %%xmm7, %%xmm7;"
        "mov $-1, %%eax; mov $-1, %%edx; xrstor64 (%0);"
        "vmovdqu %%ymm0, (%2); vmovdqu %%ymm7, 32(%2); vmovdqu %%ymm15, 64(%2); vzeroupper"
        ::"r"(area), "r"(before), "r"(after) : "rax", "rdx", "xmm0", "xmm7", "xmm15", "memory");
}

static void work_sse(unsigned char *area) {
    __asm__ volatile(
        "movdqu (%1), %%xmm0; movdqu 32(%1), %%xmm7; movdqu 64(%1), %%xmm15;"
        "mov $-1, %%eax; mov $-1, %%edx; xsave64 (%0);"
        "pxor %%xmm0, %%xmm0; pxor %%xmm7, %%xmm7; pcmpeqd %%xmm15, %%xmm15;"
        "mov $-1, %%eax; mov $-1, %%edx; xrstor64 (%0);"
        "movdqu %%xmm0, (%2); movdqu %%xmm7, 32(%2); movdqu %%xmm15, 64(%2)"
        ::"r"(area), "r"(before), "r"(after) : "rax", "rdx", "xmm0", "xmm7", "xmm15", "memory");
}

int main(void) {
    uint64_t mask = enabled_mask();
    if (!has_xsave()) return guest_success();
    unsigned char *area = new_area();
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < 96; i += 8) memcpy(before + i, &(uint64_t){guest_random()}, 8);
        memset(after, 0, sizeof after);
        if (mask & 4) work_avx(area);
        else work_sse(area);
        for (int i = 0; i < 3; i++) CHECK(memcmp(before + 32 * i, after + 32 * i, mask & 4 ? 32 : 16) == 0);
    }
    // x87 and MXCSR, with a value on the register stack
    CHECK(fesetround(FE_UPWARD) == 0);
    double value = 0;
    uint32_t control = 0;
    __asm__ volatile("fldpi; mov $3, %%eax; xor %%edx, %%edx; xsave64 (%2);"
                     "fstp %%st(0); fninit; movl $0x1f80, %1; ldmxcsr %1;"
                     "mov $3, %%eax; xor %%edx, %%edx; xrstor64 (%2); fstpl %0; stmxcsr %1"
                     : "=m"(value), "=m"(control) : "r"(area) : "rax", "rdx", "memory");
    CHECK(value > 3.1415926 && value < 3.1415927 && (control & 0x6000) == 0x4000 && fegetround() == FE_UPWARD);
    printf("%016lx\n", guest_hash(after, 96));
    return guest_success();
}
