// Code that is mapped from a file by two mappings at once, one of them writable: what one writes the other executes. It
// asks nothing about the CPU, for nobody could answer there without being seen by the other.
#include "guest.h"

int main(void) {
    int file = guest_file("code", "");
    CHECK(unlink("code") == 0);
    CHECK(ftruncate(file, 4096) == 0);
    unsigned char *writable = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    unsigned char *executable = mmap(NULL, 4096, PROT_READ | PROT_EXEC, MAP_SHARED, file, 0);
    CHECK(writable != MAP_FAILED && executable != MAP_FAILED);
    for (uint32_t i = 0; i < 50; i++) {
        // mov $value, %eax; ret; and the bytes of CPUID behind it
        uint32_t value = (uint32_t)guest_random();
        unsigned char code[] = {0xb8, 0, 0, 0, 0, 0xc3, 0x0f, 0xa2};
        memcpy(code + 1, &value, 4);
        memcpy(writable + 16 * i, code, sizeof code);
        CHECK(((uint32_t(*)(void))(uintptr_t)(executable + 16 * i))() == value);
        CHECK(memcmp(executable + 16 * i, code, sizeof code) == 0);
    }
    printf("%08lx\n", guest_hash(writable, 4096));
    return guest_success();
}
