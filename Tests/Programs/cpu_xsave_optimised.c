// XSAVEOPT and XSAVEC, where CPUID says that they exist: they leave out what is initial, and say so in the header.
#include "processor.h"

static unsigned char *area;

int main(void) {
    uint64_t mask = enabled_mask();
    uint32_t extensions = xsave_extensions();
    area = new_area();
    uint64_t header[8], low = 0x1234567890abcdef, back = 0;
    if (extensions & 1) {
        __asm__ volatile("movq %0, %%xmm9; xsaveopt64 (%1); pxor %%xmm9, %%xmm9" ::"r"(low), "r"(area), "a"(-1), "d"(-1)
                         : "xmm9", "memory");
        memcpy(header, area + 512, sizeof header);
        CHECK((header[0] & ~mask) == 0 && (header[0] & 2) && header[1] == 0);
        CHECK(memcmp(area + 160 + 9 * 16, &low, 8) == 0);
        for (int at = (int)area_size(); at < 16384; at++) CHECK(area[at] == 0xa5);
        puts("xsaveopt");
    }
    if (extensions & 2) {
        for (uint64_t parts = 2; parts < 8; parts += 2) {
            memset(area, 0xa5, 16384);
            __asm__ volatile("movq %0, %%xmm9; xsavec64 (%1); pxor %%xmm9, %%xmm9"
                             ::"r"(low), "r"(area), "a"((uint32_t)parts), "d"(0) : "xmm9", "memory");
            memcpy(header, area + 512, sizeof header);
            CHECK((header[0] & ~(mask & parts)) == 0 && header[1] == (1ull << 63 | (mask & parts)));
            for (int i = 2; i < 8; i++) CHECK(header[i] == 0 || header[i] == 0xa5a5a5a5a5a5a5a5);
            for (int at = 832; at < 16384; at++) CHECK(area[at] == 0xa5);
            if (parts & 2) CHECK(memcmp(area + 160 + 9 * 16, &low, 8) == 0);
            memset(area + 528, 0, 48);
            __asm__ volatile("xrstor64 (%1); movq %%xmm9, %0"
                             : "=r"(back) : "r"(area), "a"((uint32_t)parts), "d"(0) : "xmm9", "memory");
            CHECK(back == (parts & 2 ? low : 0));
        }
        puts("xsavec");
    }
    if (extensions & 4) CHECK((xgetbv(1) & ~mask) == 0);
    return guest_success();
}
