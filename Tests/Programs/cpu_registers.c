// CPUID and XGETBV clear the upper halves of what they write, and leave everything else: other registers, flags, the
// red zone, vectors; with prefixes, too.
#include "processor.h"

uint64_t in[16], out[16], flags_after, red_zone;

#define RUN(instruction)                                                                                               \
    __asm__ volatile("push %%rbp; push %%rbx; sub $256, %%rsp;"                                                        \
                     "mov in+0(%%rip), %%rax; mov in+8(%%rip), %%rcx; mov in+16(%%rip), %%rdx;"                        \
                     "mov in+24(%%rip), %%rbx; mov in+40(%%rip), %%rbp; mov in+48(%%rip), %%rsi;"                      \
                     "mov in+56(%%rip), %%rdi; mov in+64(%%rip), %%r8; mov in+72(%%rip), %%r9;"                        \
                     "mov in+80(%%rip), %%r10; mov in+88(%%rip), %%r11; mov in+96(%%rip), %%r12;"                      \
                     "mov in+104(%%rip), %%r13; mov in+112(%%rip), %%r14; mov in+120(%%rip), %%r15;"                   \
                     "movq $0x7b7b, -128(%%rsp); stc; std;" instruction "; pushfq; cld; popq flags_after(%%rip);"      \
                     "mov %%rax, out+0(%%rip); mov %%rcx, out+8(%%rip); mov %%rdx, out+16(%%rip);"                     \
                     "mov %%rbx, out+24(%%rip); mov %%rbp, out+40(%%rip); mov %%rsi, out+48(%%rip);"                   \
                     "mov %%rdi, out+56(%%rip); mov %%r8, out+64(%%rip); mov %%r9, out+72(%%rip);"                     \
                     "mov %%r10, out+80(%%rip); mov %%r11, out+88(%%rip); mov %%r12, out+96(%%rip);"                   \
                     "mov %%r13, out+104(%%rip); mov %%r14, out+112(%%rip); mov %%r15, out+120(%%rip);"                \
                     "mov -128(%%rsp), %%rax; mov %%rax, red_zone(%%rip); add $256, %%rsp; pop %%rbx; pop %%rbp" ::    \
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",    \
                           "memory", "cc")

static void prepare(uint32_t leaf, uint32_t subleaf) {
    for (int i = 0; i < 16; i++) in[i] = 0x1111111111111111 * (uint64_t)i + 3;
    in[0] = 0xdead000000000000 | leaf, in[1] = 0xbeef000000000000 | subleaf;
}

static void check(uint32_t a, uint32_t b, uint32_t c, uint32_t d) {
    CHECK(out[0] == a && out[3] == b && out[1] == c && out[2] == d);
    for (int i = 5; i < 16; i++) CHECK(out[i] == in[i]);
    CHECK((flags_after & 0x401) == 0x401 && red_zone == 0x7b7b);
}

int main(void) {
    enabled_mask();
    struct cpuid words = cpuid(0x80000001, 0);
    prepare(0x80000001, 0);
    RUN("cpuid");
    check(words.eax, words.ebx, words.ecx, words.edx);
    // A prefix that means nothing here
    RUN(".byte 0x40; cpuid");
    check(words.eax, words.ebx, words.ecx, words.edx);
    RUN(".byte 0x48; cpuid");
    check(words.eax, words.ebx, words.ecx, words.edx);
    RUN(".byte 0x3e; cpuid");
    check(words.eax, words.ebx, words.ecx, words.edx);
    words = cpuid(13, 2);
    prepare(13, 2);
    RUN("cpuid");
    check(words.eax, words.ebx, words.ecx, words.edx);
    if (has_xsave()) {
        uint64_t mask = xgetbv(0);
        prepare(1, 0);
        RUN("xgetbv");
        CHECK(out[0] == (uint32_t)mask && out[2] == mask >> 32 && out[1] == in[1] && out[3] == in[3]);
        for (int i = 5; i < 16; i++) CHECK(out[i] == in[i]);
        CHECK((flags_after & 0x401) == 0x401 && red_zone == 0x7b7b);
    }
    puts("kept");
    return guest_success();
}
