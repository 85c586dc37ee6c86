// Two threads compare large buffers by repe cmpsb and repne cmpsb.
// libs: -lpthread
#include "compete.h"

enum { size = 4 << 20 };

static uint64_t work(struct rival *self) {
    unsigned char *a = malloc(size), *b = malloc(size);
    memset(a, (int)(self->seed % 100), size);
    memset(b, (int)(self->seed % 100), size);
    uint64_t sum = 0;
    for (int round = 0; round < 8; round++) {
        size_t difference = size / 2 + (self->seed >> round) % (size / 2), count = size;
        const void *left = a, *right = b;
        if (round == 4) memset(b, 200, size);  // From now on all differ but one.
        b[difference] = round < 4 ? 199 : a[0];
        if (round < 4) __asm__ volatile("repe cmpsb" : "+D"(left), "+S"(right), "+c"(count)::"memory", "cc");
        else __asm__ volatile("repne cmpsb" : "+D"(left), "+S"(right), "+c"(count)::"memory", "cc");
        CHECK(count == size - difference - 1 && left == a + difference + 1);
        b[difference] = round < 4 ? a[0] : 200;
        sum = sum * 31 + difference;
        self->progress++;
    }
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
