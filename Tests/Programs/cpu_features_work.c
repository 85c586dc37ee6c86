// What CPUID offers can be executed.
#include "processor.h"

#define TRY(offered, instruction)                                                                                      \
    do {                                                                                                               \
        if (!(offered)) break;                                                                                         \
        int number = sigsetjmp(before_signal, 1);                                                                      \
        if (number) printf(instruction " is offered, and raises signal %d\n", number), _exit(1);                       \
        __asm__ volatile(instruction ::: "rax", "rcx", "rdx", "xmm0", "xmm1", "cc", "memory");                         \
    } while (0)

int main(void) {
    handle_by_leaving(SIGILL), handle_by_leaving(SIGSEGV);
    struct cpuid one = cpuid(1, 0), seven = cpuid(7, 0), more = cpuid(0x80000001, 0);
    TRY(one.ecx & 1, "haddps %%xmm0, %%xmm0");
    TRY(one.ecx >> 9 & 1, "pshufb %%xmm0, %%xmm0");
    TRY(one.ecx >> 19 & 1, "pmulld %%xmm0, %%xmm0");
    TRY(one.ecx >> 20 & 1, "pcmpgtq %%xmm0, %%xmm0");
    TRY(one.ecx >> 23 & 1, "popcnt %%eax, %%eax");
    TRY(one.ecx >> 1 & 1, "pclmulqdq $0, %%xmm0, %%xmm0");
    TRY(one.ecx >> 25 & 1, "aesenc %%xmm0, %%xmm0");
    TRY(one.ecx >> 22 & 1, "sub $8, %%rsp; movbe %%eax, (%%rsp); add $8, %%rsp");
    TRY(one.ecx >> 28 & 1, "vaddpd %%ymm0, %%ymm0, %%ymm0; vzeroupper");
    TRY(one.ecx >> 12 & 1, "vfmadd132pd %%xmm0, %%xmm0, %%xmm0");
    TRY(one.ecx >> 29 & 1, "vcvtph2ps %%xmm0, %%xmm0");
    TRY(one.ecx >> 30 & 1, "rdrand %%eax");
    TRY(seven.ebx >> 3 & 1, "andn %%eax, %%eax, %%eax");
    TRY(seven.ebx >> 5 & 1, "vpaddd %%ymm0, %%ymm0, %%ymm0; vzeroupper");
    TRY(seven.ebx >> 8 & 1, "pdep %%eax, %%eax, %%eax");
    TRY(seven.ebx >> 16 & 1, "vpxorq %%zmm0, %%zmm0, %%zmm0; vzeroupper");
    TRY(seven.ebx >> 18 & 1, "rdseed %%eax");
    TRY(seven.ebx >> 19 & 1, "adcx %%eax, %%eax");
    TRY(seven.ebx >> 29 & 1, "sha1nexte %%xmm0, %%xmm0");
    TRY(seven.ecx >> 22 & 1, "rdpid %%rax");
    TRY(seven.ecx >> 8 & 1, "gf2p8mulb %%xmm0, %%xmm0");
    TRY(more.ecx >> 5 & 1, "lzcnt %%eax, %%eax");
    TRY(more.edx >> 27 & 1, "rdtscp");
    TRY(seven.ebx >> 11 & 1, "xbegin 1f; xend; 1:");
    puts("all that is offered");
    return guest_success();
}
