// XSAVE in regions of code that are written again and again, too often to be looked at each time. Where its last
// component ended is printed; only where the kernel pins XCR0, or nobody does, it is within what CPUID says.
#include "processor.h"

enum { regions = 6, rounds = 300 };

// mov $round, %eax, and then XSAVE
static void generate_save(unsigned char *code, uint32_t round) {
    code[0] = 0xb8;
    memcpy(code + 1, &round, 4);
    memcpy(code + 5, save_code, sizeof save_code);
}

// Components are written whether or not they are in use; XSTATE_BV is not looked at.
static uint32_t bytes_saved_by(unsigned char *code, unsigned char *area) {
    memset(area + 576, 0xa5, 16384 - 576);
    ((save_function *)(uintptr_t)code)(area);
    uint32_t end = 16384;
    while (end > 576 && area[end - 1] == 0xa5) end--;
    return end;
}

int main(void) {
    if (!has_xsave()) return guest_success();
    unsigned char *code[regions], *area = new_area();
    for (int i = 0; i < regions; i++) {
        code[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (code[i] == MAP_FAILED) return guest_success();  // Some systems forbid it.
        // Apart, so that each is a region.
        CHECK(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    }
    // All rounds of one, so that it is given up soon; the others are searched.
    for (uint32_t round = 0; round < rounds; round++) {
        generate_save(code[0], round);
        uint32_t end = bytes_saved_by(code[0], area);
        CHECK(end >= 576);
        if (round % (rounds - 1) == 0) printf("round %u: xsave wrote %u bytes\n", round, end);
    }
    for (int i = 1; i < regions; i++) {
        generate_save(code[i], (uint32_t)i);
        printf("region %d: xsave wrote %u bytes\n", i, bytes_saved_by(code[i], area));
    }
    return guest_success();
}
