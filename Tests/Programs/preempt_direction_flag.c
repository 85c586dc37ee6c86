// Two threads run string instructions downward: the direction flag is set while they are stopped.
// libs: -lpthread
#include "compete.h"

enum { size = 1 << 20 };

static uint64_t work(struct rival *self) {
    unsigned char *bytes = malloc(size + 16);
    uint64_t state = self->seed, hash = 1, value = 0;
    for (int i = 0; i < size + 16; i++) bytes[i] = (unsigned char)next_number(&state);
    self->size = size, self->memory = bytes;
    for (int round = 0; round < 12; round++) {
        void *to = bytes + size + 8, *from = bytes + size - 1;
        size_t count = size, length = size;
        __asm__ volatile("std; rep movsb; cld" : "+D"(to), "+S"(from), "+c"(count)::"memory", "cc");
        from = bytes + size - 1;
        __asm__ volatile("std; 1: lodsb; rol $5, %0; xor %2, %0; dec %3; jnz 1b; cld"
                         : "+r"(hash), "+S"(from), "+a"(value), "+r"(length)::"memory", "cc");
        bytes[round] ^= (unsigned char)hash;
    }
    return hash ^ hash_words(bytes, size);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
