// Code that is made at run time asks for XCR0 and saves all that is enabled: no file has these instructions.
#include "processor.h"

// How many bytes from the start on are not as `new_area` has left them. The header is zero before, and XSTATE_BV after may
// be.
static uint32_t written(const unsigned char *area) {
    for (uint32_t at = 16384; at > 576; at--)
        if (area[at - 1] != 0xa5) return at;
    return 576;
}

static void generate(unsigned char *code) {
    memcpy(code, mask_code, sizeof mask_code);
    memcpy(code + 64, save_code, sizeof save_code);
}

static void check(unsigned char *code, uint64_t mask) {
    CHECK(mask_by(code) == mask);
    if (!has_xsave()) return;
    unsigned char *area = new_area();
    ((save_function *)(uintptr_t)(code + 64))(area);
    uint64_t header[8];
    memcpy(header, area + 512, sizeof header);
    CHECK((header[0] & ~mask) == 0);
    for (int i = 1; i < 8; i++) CHECK(header[i] == 0);
    printf("XCR0 %lx, xsave wrote %u bytes\n", mask, written(area));
    // What is reserved at a component's end may be left alone.
    CHECK(written(area) <= area_size() && written(area) + 64 > area_size());
    free(area);
}

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = map_pages(1, PROT_READ | PROT_WRITE);
    generate(code);
    CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
    check(code, mask);
    unsigned char *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (both == MAP_FAILED) return guest_success();  // Some systems forbid it.
    generate(both);
    check(both, mask);
    return guest_success();
}
