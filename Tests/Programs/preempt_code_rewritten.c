// Two threads rewrite a function over and over, each its own, and call it each time.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return 0;  // Some systems forbid it.
    static const unsigned char parts[] = {0xb8, 0, 0, 0, 0, 0x31, 0xf8, 0xc3};  // mov $, %eax; xor %edi, %eax; ret
    memcpy(code, parts, sizeof parts);
    uint64_t state = self->seed;
    uint32_t value = 1;
    self->size = 4096, self->memory = code;
    for (int i = 0; i < 500000; i++) {
        uint32_t word = (uint32_t)next_number(&state);
        memcpy(code + 1, &word, 4);
        code[5] = i % 3 == 0 ? 0x01 : 0x31;  // add or xor
        value = ((uint32_t(*)(uint32_t))(uintptr_t)code)(value);
    }
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
