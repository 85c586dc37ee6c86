// XGETBV in memory that is writable and executable at once, rewritten before each call: other code, elsewhere, in
// between.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return guest_success();  // Some systems forbid it.
    for (uint32_t i = 0; i < 100; i++) {
        unsigned char *place = code + i * 71;
        memset(code, 0xcc, 8192);
        memcpy(place, mask_code, sizeof mask_code);
        CHECK(mask_by(place) == mask);
        CHECK(mask_by(place) == mask);
        // mov $i, %eax; ret
        place[0] = 0xb8, place[5] = 0xc3;
        memcpy(place + 1, &i, 4);
        CHECK(((mask_function *)(uintptr_t)place)() == i);
    }
    printf("%lx\n", mask);
    return guest_success();
}
