// Two threads copy large buffers by rep movsb and rep movsq, forward and overlapping.
// libs: -lpthread
#include "compete.h"

enum { size = 4 << 20 };

static uint64_t work(struct rival *self) {
    uint64_t *words = malloc(size + 4096), state = self->seed;
    for (int i = 0; i < size / 8 + 512; i++) words[i] = next_number(&state);
    self->size = size, self->memory = words;
    for (int round = 0; round < 40; round++) {
        void *to = words, *from = words + 1 + round;
        size_t count = round % 4 == 0 ? size / 8 : size;
        if (round % 4 == 0) __asm__ volatile("rep movsq" : "+D"(to), "+S"(from), "+c"(count)::"memory");
        else __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
        words[round * 1000] ^= 1;
    }
    return hash_words(words, size);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
