// Two threads run loops that each has written itself, into memory that is writable and executable.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    static const unsigned char parts[] = {
        0x48, 0x89, 0xf8,                          // mov %rdi, %rax
        0xb9, 0x00, 0x00, 0x00, 0x00,              // mov $turns, %ecx
        0x48, 0x69, 0xc0, 0x00, 0x00, 0x00, 0x00,  // imul $factor, %rax, %rax
        0x48, 0xc1, 0xc0, 0x09,                    // rol $9, %rax
        0x48, 0xff, 0xc9,                          // dec %rcx
        0x75, 0xf0,                                // jnz to the imul
        0xc3,                                      // ret
    };
    unsigned char *code = mmap(NULL, 65536, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return 0;  // Some systems forbid it.
    uint64_t value = self->seed, state = self->seed;
    self->size = 65536, self->memory = code;
    for (int i = 0; i < 600; i++) {
        unsigned char *at = code + i * 100;
        uint32_t turns = 100000, factor = (uint32_t)next_number(&state) >> 1 | 1;
        memcpy(at, parts, sizeof parts);
        memcpy(at + 4, &turns, 4);
        memcpy(at + 11, &factor, 4);
        value = ((uint64_t(*)(uint64_t))(uintptr_t)at)(value);
    }
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
