// A handler that uses x87, SSE and (where there is) AVX registers leaves those of the program alone.
#include "guest.h"

#include <ucontext.h>

static volatile int handled;

__attribute__((target("avx"))) static void clobber_avx(void) { __asm__ volatile("vzeroall"); }

static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)info;
    CHECK(((ucontext_t *)context)->uc_mcontext.fpregs != NULL);
    uint16_t control = 0x0f7f;
    uint32_t mxcsr = 0x7f80;
    __asm__ volatile("fninit; fldcw %0; fldpi; fldpi; ldmxcsr %1; pxor %%xmm0, %%xmm0; pxor %%xmm15, %%xmm15"
                     ::"m"(control), "m"(mxcsr) : "xmm0", "xmm15");
    if (__builtin_cpu_supports("avx")) clobber_avx();
    handled++;
}

__attribute__((target("avx"))) static void check_avx(pid_t pid, const uint8_t *in) {
    uint8_t out[64];
    __asm__ volatile("vmovdqu (%1), %%ymm3; vmovdqu 32(%1), %%ymm12; mov $62, %%eax; syscall;"
                     "vmovdqu %%ymm3, (%2); vmovdqu %%ymm12, 32(%2); vzeroupper"
                     : "+a"(pid)
                     : "r"(in), "r"(out), "D"(pid), "S"(SIGUSR1)
                     : "rcx", "r11", "xmm3", "xmm12", "memory");
    CHECK(memcmp(in, out, sizeof out) == 0);
}

int main(void) {
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint8_t bytes[64], out[32];
    CHECK(syscall(SYS_getrandom, bytes, sizeof bytes, 0) == sizeof bytes);
    uint16_t control = 0x0b7f, control_after;
    uint32_t mxcsr = 0x3f80, mxcsr_after;
    double number = 1.5, number_after;
    long result;
    __asm__ volatile("fninit; fldcw %[control]; fldl %[number]; ldmxcsr %[mxcsr];"
                     "movdqu (%[in]), %%xmm0; movdqu 16(%[in]), %%xmm15; mov $62, %%eax; syscall;"
                     "movdqu %%xmm0, (%[out]); movdqu %%xmm15, 16(%[out]);"
                     "fstpl %[after]; fnstcw %[control_after]; stmxcsr %[mxcsr_after]; fninit"
                     : "=&a"(result), [after] "=m"(number_after), [control_after] "=m"(control_after),
                       [mxcsr_after] "=m"(mxcsr_after)
                     : [control] "m"(control), [number] "m"(number), [mxcsr] "m"(mxcsr), [in] "r"(bytes),
                       [out] "r"(out), "D"(getpid()), "S"(SIGUSR1)
                     : "rcx", "r11", "xmm0", "xmm15", "memory");
    uint32_t usual = 0x1f80;
    __asm__ volatile("ldmxcsr %0" ::"m"(usual));
    CHECK(result == 0 && handled == 1);
    CHECK(memcmp(bytes, out, 32) == 0 && number_after == 1.5 && control_after == control && mxcsr_after == mxcsr);
    if (__builtin_cpu_supports("avx")) {
        check_avx(getpid(), bytes);
        CHECK(handled == 2);
    }
    printf("%016lx\n", guest_hash(bytes, sizeof bytes));
    return guest_success();
}
