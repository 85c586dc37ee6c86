// RDRAND and RDSEED, where CPUID offers them: of every width, into every kind of register, with their flags.
#include "processor.h"

#define TRY(instruction)                                                                                               \
    do {                                                                                                               \
        uint64_t value = 0, flags = 0, all = 0;                                                                        \
        for (int i = 0; i < 64; i++) {                                                                                 \
            __asm__ volatile("stc; " instruction " %%rbx; pushfq; pop %1" : "=b"(value), "=r"(flags)::"cc");           \
            if (flags & 1) all |= value;                                                                               \
            CHECK((flags & 0x8d4) == 0 && ((flags & 1) || value == 0));                                                \
        }                                                                                                              \
        CHECK(all >> 32 && (uint32_t)all);                                                                             \
        __asm__ volatile("mov $-1, %%r13; " instruction " %%r13d; mov %%r13, %0" : "=r"(value)::"r13", "cc");          \
        CHECK(value >> 32 == 0);                                                                                       \
        __asm__ volatile("mov $-1, %%r9; " instruction " %%r9w; mov %%r9, %0" : "=r"(value)::"r9", "cc");              \
        CHECK(value >> 16 == 0xffffffffffff);                                                                          \
        printf("%016lx\n", all);                                                                                       \
    } while (0)

int main(void) {
    if (cpuid(1, 0).ecx >> 30 & 1) TRY("rdrand");
    if (cpuid(7, 0).ebx >> 18 & 1) TRY("rdseed");
    return guest_success();
}
