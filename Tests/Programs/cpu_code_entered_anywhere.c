// Code without any table that is entered at many places, which only registers know: behind data that looks like code,
// and in the middle of what is an instruction from another entry.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = map_pages(2, PROT_READ | PROT_WRITE);
    memset(code, 0xcc, 8192);
    // mov $0x0fa20fa2, %eax; ret: CPUID's bytes, but a number
    memcpy(code, (unsigned char[]){0xb8, 0xa2, 0x0f, 0xa2, 0x0f, 0xc3}, 6);
    // jmp over the bytes of CPUID and XGETBV, which are data: mov $7, %eax; ret
    memcpy(code + 64, (unsigned char[]){0xeb, 5, 0x0f, 0xa2, 0x0f, 0x01, 0xd0, 0xb8, 7, 0, 0, 0, 0xc3}, 13);
    // movabs $..., %rax of which the operand's bytes are the function, from its third byte on
    unsigned char *inside = code + 128;
    memcpy(inside, (unsigned char[]){0x48, 0xb8, 0x31, 0xc9, 0x0f, 0x01, 0xd0, 0xc3, 0x90, 0x90, 0xc3}, 11);
    memcpy(code + 512, mask_code, sizeof mask_code);
    memcpy(code + 4096 + 512, mask_code, sizeof mask_code);
    CHECK(mprotect(code, 8192, PROT_READ | PROT_EXEC) == 0);
    mask_function *volatile entries[] = {(mask_function *)(uintptr_t)code, (mask_function *)(uintptr_t)(code + 64)};
    for (int i = 0; i < 4; i++) {
        // The low half of the mask is what the inner function leaves in EAX.
        CHECK(mask_by(inside + 2) << 32 == mask << 32);
        CHECK(mask_by(code + 512) == mask);
        CHECK(entries[0]() == 0x0fa20fa2);
        CHECK(mask_by(code + 4096 + 512) == mask);
        CHECK(entries[1]() == 7);
    }
    CHECK(mprotect(code, 8192, PROT_READ | PROT_WRITE) == 0);
    CHECK(memcmp(code + 512, mask_code, sizeof mask_code) == 0 && inside[4] == 0x0f && code[66] == 0x0f);
    printf("%lx\n", mask);
    return guest_success();
}
