// XGETBV of which the first bytes are on one page and the last on the next, and code that runs over such borders.
#include "processor.h"

static void all_places(unsigned char *code, int protection, uint64_t mask) {
    for (int before = 1; before < (int)sizeof mask_code; before++) {
        unsigned char *place = code + 4096 - before;
        CHECK(mprotect(code, 8192, PROT_READ | PROT_WRITE) == 0);
        memset(code, 0x90, 8192);
        memcpy(place, mask_code, sizeof mask_code);
        CHECK(mprotect(code, 8192, protection) == 0);
        CHECK(mask_by(place) == mask);
        // From a page before, over what is between.
        CHECK(mask_by(code + 4000) == mask);
        CHECK(mask_by(place) == mask);
    }
}

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = map_pages(2, PROT_READ | PROT_WRITE);
    all_places(code, PROT_READ | PROT_EXEC, mask);
    all_places(code, PROT_READ | PROT_WRITE | PROT_EXEC, mask);
    printf("%lx\n", mask);
    return guest_success();
}
