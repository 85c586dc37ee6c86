// XGETBV(0), the leaves of CPUID that describe XSAVE, and the features that need its components agree.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    printf("mask %lx\n", mask);
    struct cpuid one = cpuid(1, 0), seven = cpuid(7, 0);
    CHECK((one.ecx >> 26 & 1) >= (one.ecx >> 27 & 1));
    bool has_avx = one.ecx >> 28 & 1;
    CHECK(has_avx == ((mask & 4) != 0));
    // FMA, F16C, AVX2
    CHECK(has_avx || !((one.ecx >> 12 | one.ecx >> 29 | seven.ebx >> 5) & 1));
    // All of AVX-512: F, DQ, IFMA, PF, ER, CD, BW, VL; VBMI, VBMI2, VNNI, BITALG, VPOPCNTDQ; in 1, BF16
    bool has_opmask = (mask & 0xe0) == 0xe0;
    CHECK(has_opmask || ((seven.ebx & 0xdc230000) == 0 && (seven.ecx & 0x5842) == 0 && !(cpuid(7, 1).eax & 0x20)));
    CHECK((seven.ebx >> 16 & 1) == has_opmask);
    // Components that are not enabled have no place; those that are lie behind the legacy area and do not overlap.
    uint64_t taken[256] = {0};
    for (uint32_t i = 2; i < 63; i++) {
        struct cpuid part = cpuid(13, i);
        if (!(mask >> i & 1)) continue;
        CHECK(part.eax > 0 && part.ebx >= 576 && part.ebx + part.eax <= area_size() && !(part.ecx & 1));
        for (uint32_t at = part.ebx; at < part.ebx + part.eax; at++) {
            CHECK(!(taken[at / 64] >> (at % 64) & 1));
            taken[at / 64] |= 1ull << (at % 64);
        }
    }
    if (mask & 4) CHECK(cpuid(13, 2).ebx == 576 && cpuid(13, 2).eax == 256);
    return guest_success();
}
