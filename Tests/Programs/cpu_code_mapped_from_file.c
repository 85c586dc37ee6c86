// XGETBV in a file that is mapped executable: at its beginning and at other offsets, more than once, and over what was
// there before.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    int file = guest_file("code", "");
    CHECK(unlink("code") == 0);
    static unsigned char page[4096];
    for (int i = 0; i < 4; i++) {
        memset(page, 0xcc, sizeof page);
        memcpy(page + 100 * i, mask_code, sizeof mask_code);
        CHECK(write(file, page, sizeof page) == sizeof page);
    }
    unsigned char *all = mmap(NULL, 4 * 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    CHECK(all != MAP_FAILED);
    for (int i = 3; i >= 0; i--) CHECK(mask_by(all + 4196 * i) == mask);
    unsigned char *two = mmap(NULL, 2 * 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 2 * 4096);
    CHECK(two != MAP_FAILED);
    CHECK(mask_by(two + 200) == mask && mask_by(two + 4096 + 300) == mask);
    // The third page of the file over the first.
    CHECK(mmap(all, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 2 * 4096) == all);
    CHECK(mask_by(all + 200) == mask && mask_by(all + 4196) == mask);
    // What changed in private is gone, and the traps of whoever watches must not be.
    CHECK(madvise(two, 2 * 4096, MADV_DONTNEED) == 0);
    CHECK(mask_by(two + 200) == mask && mask_by(two + 4096 + 300) == mask);
    // Mapped for reading first.
    unsigned char *late = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, file, 3 * 4096);
    CHECK(late != MAP_FAILED && late[300] == 0x31);
    CHECK(mprotect(late, 4096, PROT_READ | PROT_EXEC) == 0);
    CHECK(mask_by(late + 300) == mask);
    printf("%lx\n", mask);
    return guest_success();
}
