// Two threads go deep into recursion, through megabytes of stack, and come back with a sum.
// libs: -lpthread
#include "compete.h"

__attribute__((noinline)) static uint64_t descend(struct rival *self, uint64_t value, int depth) {
    volatile uint64_t frame[16];
    for (int i = 0; i < 16; i++) frame[i] = value += (uint64_t)i;
    self->progress++;
    if (depth == 0) return value;
    uint64_t result = descend(self, value * 31, depth - 1);
    for (int i = 0; i < 16; i++) result = result * 3 + frame[i];
    return result;
}

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed;
    for (int i = 0; i < 120; i++) value ^= descend(self, value, 8000);
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
