// XSAVE of all components writes those that are enabled where CPUID says, and nothing beyond nor between.
#include "processor.h"

#include <immintrin.h>

__attribute__((target("xsave"))) static void save(void *area) { _xsave64(area, ~0ull); }
__attribute__((target("xsave"))) static void save_short(void *area) { _xsave(area, ~0ull); }

// What CPUID says, asked once: the area, and the component parts of it.
static uint32_t size;
static struct cpuid parts[63];

// What is reserved in BNDCSR and PKRU, and left alone by some.
static bool is_reserved(uint32_t at) {
    struct cpuid bounds = parts[4], keys = parts[9];
    return (at >= bounds.ebx + 16 && at < bounds.ebx + bounds.eax) || (at >= keys.ebx + 4 && at < keys.ebx + keys.eax);
}

static bool is_saved(uint64_t mask, uint32_t at) {
    for (uint32_t i = 2; i < 63; i++)
        if (mask >> i & 1 && at >= parts[i].ebx && at < parts[i].ebx + parts[i].eax) return true;
    return false;
}

// Two areas that the same registers were saved to, and that were filled with different bytes before.
static void check(uint64_t mask, const unsigned char *one, const unsigned char *other) {
    uint64_t header[8];
    memcpy(header, one + 512, sizeof header);
    CHECK((header[0] & ~mask) == 0 && memcmp(one + 512, other + 512, 64) == 0);
    for (int i = 1; i < 8; i++) CHECK(header[i] == 0);
    for (uint32_t at = 576; at < 16384; at++) {
        // Components are written whether or not they are in their initial state.
        if (at < size && is_saved(mask, at)) CHECK(one[at] == other[at] || is_reserved(at));
        else CHECK(one[at] == 0xa5 && other[at] == 0x5a);
    }
    for (int at = 160; at < 416; at++) CHECK(one[at] == other[at]);
    for (int at = 464; at < 512; at++) CHECK(one[at] == 0xa5 && other[at] == 0x5a);
    // FCW, MXCSR and its mask
    uint32_t words[8];
    memcpy(words, one, sizeof words);
    CHECK((words[0] & 0xffff) == 0x37f && words[6] == 0x1f80 && (words[7] & 0xffbf) == 0xffbf);
}

int main(void) {
    uint64_t mask = enabled_mask();
    if (!has_xsave()) return guest_success();
    size = area_size();
    for (uint32_t i = 2; i < 63; i++) parts[i] = cpuid(13, i);
    unsigned char *one = new_area(), *other = new_area();
    for (int i = 0; i < 16384; i++)
        if (i < 512 || i >= 576) other[i] = 0x5a;
    save(one), save(other);
    check(mask, one, other);
    save_short(one), save_short(other);
    check(mask, one, other);
    printf("%lx in %u\n", mask, size);
    return guest_success();
}
