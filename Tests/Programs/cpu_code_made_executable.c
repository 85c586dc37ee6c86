// XGETBV in memory that is written and then made executable, over and over: and the code is as it was when it is
// writable again.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = map_pages(2, PROT_READ | PROT_WRITE);
    for (int offset = 0; offset < 4096; offset += 409) {
        memset(code, 0x90, 8192);
        memcpy(code + offset, mask_code, sizeof mask_code);
        unsigned char *before = malloc(8192);
        memcpy(before, code, 8192);
        CHECK(mprotect(code, 8192, PROT_READ | PROT_EXEC) == 0);
        CHECK(mask_by(code + offset) == mask);
        CHECK(mask_by(code) == mask);
        CHECK(mprotect(code, 8192, PROT_READ | PROT_WRITE) == 0);
        CHECK(memcmp(code, before, 8192) == 0);
        free(before);
    }
    printf("%lx\n", mask);
    return guest_success();
}
