// Regions of code that are written again and again, too often to be looked at each time. What the code says of XCR0 is
// printed; only where the kernel pins XCR0, or nobody does, it is what CPUID says.
#include "processor.h"

enum { regions = 12, busy = 4, rounds = 300 };

// mov $round, %eax, and then XGETBV(0)
static void generate_mask(unsigned char *code, uint32_t round) {
    code[0] = 0xb8;
    memcpy(code + 1, &round, 4);
    memcpy(code + 5, mask_code, sizeof mask_code);
}

int main(void) {
    if (!has_xsave()) return guest_success();
    unsigned char *code[regions];
    for (int i = 0; i < regions; i++) {
        code[i] = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (code[i] == MAP_FAILED) return guest_success();  // Some systems forbid it.
        // Apart, so that each is a region.
        CHECK(mmap(NULL, 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED);
    }
    for (uint32_t round = 0; round < rounds; round++) {
        for (int i = 0; i < busy; i++) {
            generate_mask(code[i], round);
            uint64_t mask = ((mask_function *)(uintptr_t)code[i])();
            CHECK((mask & 3) == 3);
            if (round % (rounds - 1) == 0) printf("round %u, region %d: XCR0 %lx\n", round, i, mask);
        }
    }
    for (int i = 0; i < regions; i++) {
        generate_mask(code[i], (uint32_t)i);
        printf("region %d: XCR0 %lx\n", i, ((mask_function *)(uintptr_t)code[i])());
    }
    return guest_success();
}
