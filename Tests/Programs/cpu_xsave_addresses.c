// XSAVE and XRSTOR with every kind of operand, with all registers, the flags and the red zone as they were.
#include "processor.h"

unsigned char area[16384] __attribute__((aligned(4096)));
// Not static: the assembly names them.
uint64_t in[16], out[16], flags_after, red_zone;

// Registers from `in`, the instruction, registers to `out`. rsp and what it needs stay.
#define RUN(instruction)                                                                                               \
    __asm__ volatile("push %%rbp; push %%rbx; sub $256, %%rsp;"                                                        \
                     "mov in+0(%%rip), %%rax; mov in+8(%%rip), %%rcx; mov in+16(%%rip), %%rdx;"                        \
                     "mov in+24(%%rip), %%rbx; mov in+40(%%rip), %%rbp; mov in+48(%%rip), %%rsi;"                      \
                     "mov in+56(%%rip), %%rdi; mov in+64(%%rip), %%r8; mov in+72(%%rip), %%r9;"                        \
                     "mov in+80(%%rip), %%r10; mov in+88(%%rip), %%r11; mov in+96(%%rip), %%r12;"                      \
                     "mov in+104(%%rip), %%r13; mov in+112(%%rip), %%r14; mov in+120(%%rip), %%r15;"                   \
                     "movq $0x5a5a, -8(%%rsp); movq $0x7b7b, -128(%%rsp); stc; std;" instruction "; pushfq; cld;"      \
                     "popq flags_after(%%rip);"                                                                        \
                     "mov %%rax, out+0(%%rip); mov %%rcx, out+8(%%rip); mov %%rdx, out+16(%%rip);"                     \
                     "mov %%rbx, out+24(%%rip); mov %%rbp, out+40(%%rip); mov %%rsi, out+48(%%rip);"                   \
                     "mov %%rdi, out+56(%%rip); mov %%r8, out+64(%%rip); mov %%r9, out+72(%%rip);"                     \
                     "mov %%r10, out+80(%%rip); mov %%r11, out+88(%%rip); mov %%r12, out+96(%%rip);"                   \
                     "mov %%r13, out+104(%%rip); mov %%r14, out+112(%%rip); mov %%r15, out+120(%%rip);"                \
                     "mov -128(%%rsp), %%rax; mov %%rax, red_zone(%%rip); add $256, %%rsp; pop %%rbx; pop %%rbp" ::    \
                         : "rax", "rcx", "rdx", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",    \
                           "memory", "cc")

static int count;

static void prepare(void) {
    for (int i = 0; i < 16; i++) in[i] = 0x1111111111111111 * (uint64_t)i + 3;
    memset(area, 0xa5, sizeof area);
    memset(area + 512, 0, 64), memset(area + 4096 + 512, 0, 64);
    in[0] = 0xdead0000fffffffe, in[2] = 0xbeef0000ffffffff;  // all but x87, with upper halves that do not count
}

static void check(const unsigned char *place) {
    in[4] = out[4] = 0;
    CHECK(memcmp(in, out, sizeof in) == 0 && (flags_after & 0x401) == 0x401 && red_zone == 0x7b7b);
    uint32_t control;
    memcpy(&control, place + 24, 4);
    CHECK(control == 0x1f80 && place[0] == 0xa5 && place[160] != 0xa5);
    count++;
}

// The names in assembly are the variables' own.
#define BOTH(register, value, operand, place)                                                                          \
    do {                                                                                                               \
        prepare();                                                                                                     \
        in[register] = (uint64_t)(uintptr_t)(value);                                                                   \
        __asm__ volatile("pxor %%xmm0, %%xmm0" ::: "xmm0");                                                            \
        RUN("xsave64 " operand);                                                                                       \
        check(place);                                                                                                  \
        RUN("xrstor64 " operand);                                                                                      \
        check(place);                                                                                                  \
        RUN("xsave " operand);                                                                                         \
        check(place);                                                                                                  \
    } while (0)

int main(void) {
    enabled_mask();
    if (!has_xsave()) return guest_success();
    BOTH(1, area, "(%%rcx)", area);
    BOTH(3, area, "(%%rbx)", area);
    BOTH(5, area, "0(%%rbp)", area);
    BOTH(6, area, "(%%rsi)", area);
    BOTH(7, area - 64, "64(%%rdi)", area);
    BOTH(8, area + 1024, "-0x400(%%r8)", area);
    BOTH(12, area, "(%%r12)", area);
    BOTH(13, area, "(%%r13)", area);
    BOTH(13, area - 0x12340, "0x12340(%%r13)", area);
    BOTH(15, area, "(%%r15)", area);
    BOTH(4, 0, "area(%%rip)", area);
    BOTH(4, 0, "area+4096(%%rip)", area + 4096);
    for (int scale = 0; scale < 4; scale++) {
        prepare();
        in[9] = 256, in[11] = (uint64_t)(uintptr_t)area - (256 << scale);
        switch (scale) {
        case 0: RUN("xsave64 (%%r11,%%r9,1)"); break;
        case 1: RUN("xsave64 (%%r11,%%r9,2)"); break;
        case 2: RUN("xsave64 (%%r11,%%r9,4)"); break;
        default: RUN("xsave64 (%%r11,%%r9,8)");
        }
        check(area);
    }
    // Without a base, an address in the lowest 2 GiB.
    unsigned char *low = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
    CHECK(low != MAP_FAILED);
    prepare();
    memcpy(low, area, 8192);
    in[6] = (uint64_t)(uintptr_t)low / 8;
    RUN("xsave64 (,%%rsi,8)");
    check(low);
    // An address of 32 bits.
    prepare();
    memcpy(low, area, 8192);
    in[7] = 0x7700000000000000 | (uint64_t)(uintptr_t)low;
    RUN("xsave64 (%%edi)");
    check(low);
    printf("%d\n", count);
    return guest_success();
}
