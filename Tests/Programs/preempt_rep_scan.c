// Two threads look through large buffers by repne scasb and repe scasw.
// libs: -lpthread
#include "compete.h"

enum { size = 4 << 20 };

static uint64_t work(struct rival *self) {
    unsigned char *bytes = calloc(1, size);
    uint64_t sum = 0;
    for (int round = 0; round < 12; round++) {
        size_t place = (size / 2 + (self->seed >> round) % (size / 2)) & ~1ul, count = size;
        const void *at = bytes;
        bytes[place] = 77;
        if (round % 2 == 0) {
            __asm__ volatile("repne scasb" : "+D"(at), "+c"(count) : "a"(77) : "memory", "cc");
            CHECK(count == size - place - 1);
        } else {
            count /= 2;
            __asm__ volatile("repe scasw" : "+D"(at), "+c"(count) : "a"(0) : "memory", "cc");
            CHECK(count == size / 2 - place / 2 - 1);
        }
        bytes[place] = 0;
        sum = sum * 31 + place;
        self->progress++;
    }
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
