// A signal frame holds the components of XCR0 where CPUID says, its own words agree with each other, and what a handler
// changes in it is in the registers afterwards.
#include "processor.h"

static uint64_t mask;
static volatile int count;
static uint32_t state_size;

static void handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)info;
    ucontext_t *user = context;
    unsigned char *area = (unsigned char *)user->uc_mcontext.fpregs;
    uint32_t words[4];
    uint64_t features;
    memcpy(words, area + 464, sizeof words), memcpy(&features, area + 472, 8);
    CHECK((uintptr_t)area % 64 == 0);
    // Without XSAVE the kernel fills in these words as well, and there is nothing behind the area.
    if (has_xsave() && words[0] == 0x46505853) {
        // extended_size counts the second magic word.
        uint32_t size = (uint32_t)words[1] - 4, magic;
        memcpy(&state_size, area + 480, 4);
        memcpy(&magic, area + state_size, 4);
        CHECK(size == state_size && magic == 0x46505845 && state_size >= 576);
        // AMX is in frames only after it was asked for.
        CHECK((features | (mask & 0x60000)) == mask && (user->uc_flags & 1));
        CHECK(mask & 0x40000 || state_size == area_size());
        uint64_t present;
        memcpy(&present, area + 512, 8);
        CHECK((present & ~features) == 0);
    } else {
        CHECK(!has_xsave() && !(user->uc_flags & 1));
    }
    // XMM5's lower half, and the upper half of YMM5, are the caller's; and get other values.
    uint64_t low, high, new_low = 0x123456789abcdef, new_high = 0xfedcba987654321;
    memcpy(&low, area + 160 + 5 * 16, 8);
    CHECK(low == 0x1111111111111111);
    memcpy(area + 160 + 5 * 16, &new_low, 8);
    if (mask & 4) {
        unsigned char *upper = area + cpuid(13, 2).ebx + 5 * 16;
        memcpy(&high, upper, 8);
        CHECK(high == 0x1111111111111111);
        memcpy(upper, &new_high, 8);
    }
    count++;
}

__attribute__((target("avx"), noinline)) static void interrupted_avx(uint64_t *out) {
    uint64_t ones = 0x1111111111111111, values[4] = {ones, ones, ones, ones};
    __asm__ volatile("vmovdqu (%2), %%ymm5; syscall; vmovdqu %%ymm5, (%0); vzeroupper"
                     ::"r"(out), "a"(SYS_tkill), "r"(values), "D"(getpid()), "S"(SIGUSR1)
                     : "rcx", "r11", "xmm5", "memory");
}

__attribute__((noinline)) static void interrupted_sse(uint64_t *out) {
    uint64_t values[2] = {0x1111111111111111, 0x1111111111111111};
    __asm__ volatile("movdqu (%2), %%xmm5; syscall; movdqu %%xmm5, (%0)"
                     ::"r"(out), "a"(SYS_tkill), "r"(values), "D"(getpid()), "S"(SIGUSR1)
                     : "rcx", "r11", "xmm5", "memory");
}

int main(void) {
    mask = enabled_mask();
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    for (int i = 0; i < 3; i++) {
        uint64_t out[4] = {0};
        if (mask & 4) interrupted_avx(out);
        else interrupted_sse(out);
        CHECK(out[0] == 0x123456789abcdef && out[1] == 0x1111111111111111);
        if (mask & 4) CHECK(out[2] == 0xfedcba987654321 && out[3] == 0x1111111111111111);
    }
    CHECK(count == 3);
    printf("%lx\n", mask);
    return guest_success();
}
