// A region of several functions on several pages, of which one page at a time is made writable and changed, as
// compilers at run time do.
#include "processor.h"

enum { pages = 6 };

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = map_pages(pages, PROT_READ | PROT_WRITE);
    for (int i = 0; i < pages; i++)
        for (int at = 0; at < 4096; at += 64) memcpy(code + 4096 * i + at, mask_code, sizeof mask_code);
    CHECK(mprotect(code, pages * 4096, PROT_READ | PROT_EXEC) == 0);
    for (int i = 0; i < pages; i++) CHECK(mask_by(code + 4096 * i + 64 * i) == mask);
    for (int round = 0; round < 12; round++) {
        unsigned char *page = code + 4096 * (round % pages);
        CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
        for (int at = 0; at < 4096; at += 64) {
            CHECK(memcmp(page + at, mask_code, sizeof mask_code) == 0 || page[at] == 0xb8);
            // mov $round, %eax; ret
            if (at % 128 == 0) memcpy(page + at, (unsigned char[]){0xb8, (unsigned char)round, 0, 0, 0, 0xc3}, 6);
        }
        CHECK(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
        for (int i = 0; i < pages; i++) {
            CHECK(mask_by(code + 4096 * i + 64) == mask);
            CHECK(mask_by(code + 4096 * i + 4096 - 64) == mask);
        }
        CHECK(((mask_function *)(uintptr_t)(page + 256))() == (uint64_t)round);
    }
    printf("%lx\n", mask);
    return guest_success();
}
