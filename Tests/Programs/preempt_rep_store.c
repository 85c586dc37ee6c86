// Two threads fill large buffers by rep stosb and rep stosq.
// libs: -lpthread
#include "compete.h"

enum { size = 8 << 20 };

static uint64_t work(struct rival *self) {
    char *bytes = malloc(size);
    CHECK(bytes != NULL);
    self->size = size, self->memory = bytes;
    for (unsigned round = 0; round < 80; round++) {
        void *to = bytes + round;
        size_t count = size - 80;
        if (round % 5 != 4) {
            __asm__ volatile("rep stosb" : "+D"(to), "+c"(count) : "a"(round * 7) : "memory");
        } else {
            count /= 8;
            __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(self->seed * round) : "memory");
        }
    }
    return hash_words(bytes, size - 80);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
