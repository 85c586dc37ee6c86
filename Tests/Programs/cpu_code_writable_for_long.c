// A program that rewrites its code thousands of times gets what it wrote, whatever that costs whoever watches it.
#include "processor.h"

int main(void) {
    unsigned char *code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return guest_success();  // Some systems forbid it.
    uint64_t sum = 0;
    // A function with CPUID that is not called again, beside the one that is: mov $0, %eax; cpuid is never reached.
    static const unsigned char parts[] = {0xb8, 0, 0, 0, 0, 0xc3, 0x0f, 0xa2, 0x0f, 0x01, 0xd0};
    memcpy(code, parts, sizeof parts);
    for (uint32_t i = 0; i < 3000; i++) {
        uint32_t value = i * 2654435761u;
        memcpy(code + 1, &value, 4);
        CHECK(((mask_function *)(uintptr_t)code)() == value);
        sum += value;
    }
    CHECK(memcmp(code + 5, parts + 5, sizeof parts - 5) == 0);
    printf("%lx\n", sum);
    return guest_success();
}
