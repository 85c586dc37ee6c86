// Code without any table whose functions call each other over pages by register, memory, return, condition and jump, with
// arguments in registers and on the stack, and with flags that live across.
#include "processor.h"

static unsigned char *code;
static int used;

static unsigned char *emit(const void *bytes, size_t count) {
    unsigned char *place = code + used;
    memcpy(place, bytes, count);
    used += count;
    return place;
}

#define EMIT(...) emit((const unsigned char[]){__VA_ARGS__}, sizeof(const unsigned char[]){__VA_ARGS__})

static void emit_distance(const unsigned char *target) {
    int32_t distance = (int32_t)(target - (code + used + 4));
    emit(&distance, 4);
}

int main(void) {
    uint64_t mask = enabled_mask();
    bool exists = has_xsave();
    code = map_pages(4, PROT_READ | PROT_WRITE);
    memset(code, 0xcc, 4 * 4096);
    // On the third page: what is called by its address.
    used = 2 * 4096 + 16;
    unsigned char *leaf = EMIT(0x0f, 0xa2, 0xc3);  // cpuid; ret
    unsigned char *read = emit(mask_code, sizeof mask_code);
    // On the first, an entry that saves rbx and calls both by register and memory, then adds the carry.
    used = 32;
    unsigned char *entry = EMIT(0x53, 0x31, 0xc0, 0x31, 0xc9);  // push %rbx; xor %eax, %eax; xor %ecx, %ecx
    EMIT(0xff, 0xd7);                                           // call *%rdi: cpuid(0, 0)
    EMIT(0x48, 0x89, 0x1e);                                     // mov %rbx, (%rsi)
    EMIT(0xf9);                                                 // stc
    EMIT(0xff, 0x56, 0x08);                                     // call *8(%rsi): keeps no carry
    EMIT(0x48, 0x89, 0xc3, 0xf9, 0xe9);                         // mov %rax, %rbx; stc; jmp to the next page
    used += 4;
    unsigned char *after = code + used;
    unsigned char *second = code + 4096 + 200;
    int32_t distance = (int32_t)(second - after);
    memcpy(after - 4, &distance, 4);
    used = 4096 + 200;
    EMIT(0x0f, 0x82);  // jc to the fourth page
    emit_distance(code + 3 * 4096 + 7);
    EMIT(0x0f, 0x0b);  // ud2
    used = 3 * 4096 + 7;
    EMIT(0x48, 0x89, 0xd8);        // mov %rbx, %rax
    EMIT(0x48, 0x83, 0xd0, 0x00);  // adc $0, %rax
    EMIT(0x5b, 0xc3);              // pop %rbx; ret
    CHECK(mprotect(code, 4 * 4096, PROT_READ | PROT_EXEC) == 0);
    // mov $40, %eax; ret, for machines without XGETBV
    unsigned char *other = map_pages(1, PROT_READ | PROT_WRITE);
    memcpy(other, (unsigned char[]){0xb8, 40, 0, 0, 0, 0xc3}, 6);
    CHECK(mprotect(other, 4096, PROT_READ | PROT_EXEC) == 0);
    for (int i = 0; i < 20; i++) {
        uint64_t words[2] = {0, (uint64_t)(uintptr_t)(exists ? read : other)};
        uint64_t sum = ((uint64_t(*)(void *, void *))(uintptr_t)entry)(leaf, words);
        CHECK(sum == (exists ? mask : 40) + 1);
        CHECK(words[0] == cpuid(0, 0).ebx);
        CHECK(mask_by(read) == mask);
    }
    printf("%lx\n", mask);
    return guest_success();
}
