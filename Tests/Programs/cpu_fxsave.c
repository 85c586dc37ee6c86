// FXSAVE and FXRSTOR: what is written, what is left alone, and what comes back.
#include "processor.h"

static unsigned char area[1024] __attribute__((aligned(64)));

int main(void) {
    for (int i = 0; i < 10; i++) {
        memset(area, 0xa5, sizeof area);
        uint64_t low = guest_random(), back = 0;
        double value = 0;
        uint32_t words[8], control = 0x3f80;
        __asm__ volatile("fldpi; ldmxcsr %3; movq %2, %%xmm9; fxsave64 %0; fninit; pxor %%xmm9, %%xmm9;"
                         "movl $0x1f80, %3; ldmxcsr %3; fxrstor64 %0; movq %%xmm9, %1; fstpl %4; stmxcsr %3"
                         : "+m"(area), "=&r"(back) : "r"(low), "m"(control), "m"(value) : "xmm9", "memory");
        CHECK(back == low && value > 3.1415926 && value < 3.1415927 && control == 0x3f80);
        memcpy(words, area, sizeof words);
        CHECK((words[0] & 0xffff) == 0x37f && words[6] == 0x3f80 && (words[7] & 0xffbf) == 0xffbf);
        CHECK((area[4] & 0x80) && memcmp(area + 160 + 9 * 16, &low, 8) == 0);
        for (int at = 464; at < 1024; at++) CHECK(area[at] == 0xa5);
        __asm__ volatile("ldmxcsr %0; fninit" ::"m"((uint32_t){0x1f80}));
    }
    // Not aligned to 16 bytes
    handle_by_leaving(SIGSEGV);
    int number = sigsetjmp(before_signal, 1);
    if (number == 0) {
        __asm__ volatile("fxsave64 8(%0)" ::"r"(area) : "memory");
        CHECK(!"no fault");
    }
    CHECK(number == SIGSEGV && signal_code == SI_KERNEL);
    puts("fxsave");
    return guest_success();
}
