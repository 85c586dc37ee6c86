// Code with CPUID and XGETBV is moved by mremap(2): after it was executed, and before; alone and as a part.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    for (int protection = PROT_READ | PROT_EXEC; protection <= 7; protection += PROT_WRITE) {
        for (int executed = 0; executed < 2; executed++) {
            unsigned char *code = map_pages(4, PROT_READ | PROT_WRITE), *place = map_pages(4, PROT_NONE);
            for (int i = 0; i < 4; i++) memcpy(code + 4096 * i + 40 * i, mask_code, sizeof mask_code);
            CHECK(mprotect(code, 4 * 4096, protection) == 0);
            if (executed)
                for (int i = 0; i < 4; i++) CHECK(mask_by(code + 4136 * i) == mask);
            // The two in the middle, then the rest.
            CHECK(mremap(code + 4096, 8192, 8192, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
            CHECK(mask_by(place + 40) == mask && mask_by(place + 4096 + 80) == mask);
            CHECK(mask_by(code) == mask && mask_by(code + 3 * 4136) == mask);
            CHECK(mremap(code, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place + 8192) == place + 8192);
            CHECK(mask_by(place + 8192) == mask && mask_by(place + 40) == mask);
            // What it was is there when it is writable again.
            CHECK(mprotect(place, 3 * 4096, PROT_READ | PROT_WRITE) == 0);
            for (int i = 0; i < 3; i++)
                CHECK(memcmp(place + 4096 * i + (int[]){40, 80, 0}[i], mask_code, sizeof mask_code) == 0);
        }
    }
    printf("%lx\n", mask);
    return guest_success();
}
