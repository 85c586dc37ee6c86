// XSAVE and XRSTOR of some of the components: the others' bytes and registers stay, and what an area does not hold is
// initial afterwards.
#include "processor.h"

#include <immintrin.h>

__attribute__((target("xsave"))) static void save(void *area, uint64_t parts) { _xsave64(area, parts); }

static bool is_untouched(const unsigned char *area, int from, int to) {
    for (int i = from; i < to; i++)
        if (area[i] != 0xa5) return false;
    return true;
}

int main(void) {
    uint64_t mask = enabled_mask();
    if (!has_xsave()) return guest_success();
    for (uint64_t parts = 0; parts < 8; parts++) {
        unsigned char *area = new_area();
        // Bits of the header that are not asked for are kept.
        memcpy(area + 512, &(uint64_t){0x8000000000000700}, 8);
        save(area, parts);
        uint64_t present;
        memcpy(&present, area + 512, 8);
        CHECK((present & ~(parts & mask)) == 0x8000000000000700);
        CHECK(is_untouched(area, 0, 24) == !(parts & 1) && is_untouched(area, 32, 160) == !(parts & 1));
        CHECK(is_untouched(area, 24, 28) == !(parts & 6) && is_untouched(area, 28, 32) == !(parts & 6));
        CHECK(is_untouched(area, 160, 416) == !(parts & 2) && is_untouched(area, 464, 512));
        CHECK(is_untouched(area, 576, 832) == !(parts & mask & 4));
        free(area);
    }
    // An area that holds nothing: everything that is asked for becomes initial, and only that.
    unsigned char *empty = aligned_alloc(64, 4096);
    memset(empty, 0, 4096);
    memcpy(empty + 24, &(uint32_t){0x3f80}, 4);
    uint64_t first = 1, second = 1;
    uint32_t control = 0;
    __asm__ volatile("pcmpeqd %%xmm3, %%xmm3; fld1; mov $2, %%eax; xor %%edx, %%edx; xrstor64 (%3);"
                     "movq %%xmm3, %0; fistpll %1; stmxcsr %2"
                     : "=r"(first), "=m"(second), "=m"(control) : "r"(empty) : "rax", "rdx", "xmm3", "memory");
    CHECK(first == 0 && second == 1 && control == 0x3f80);
    __asm__ volatile("ldmxcsr %0" ::"m"((uint32_t){0x1f80}));
    uint16_t status = 0;
    __asm__ volatile("pcmpeqd %%xmm3, %%xmm3; fld1; fld1; mov $1, %%eax; xor %%edx, %%edx; xrstor64 (%3);"
                     "movq %%xmm3, %0; fnstsw %1; stmxcsr %2"
                     : "=r"(first), "=m"(status), "=m"(control) : "r"(empty) : "rax", "rdx", "xmm3", "memory");
    CHECK(first == ~0ull && status == 0 && control == 0x1f80);
    puts("parts");
    return guest_success();
}
