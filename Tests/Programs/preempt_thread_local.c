// Three threads compute in variables that each has for itself, behind fs.
// libs: -lpthread
#include "compete.h"

static __thread volatile uint64_t counters[64];
static __thread volatile uint64_t sum;

static uint64_t work(struct rival *self) {
    sum = self->seed;
    self->size = sizeof counters, self->memory = (void *)counters;
    for (int i = 0; i < 20000000; i++) {
        counters[i % 64] += sum;
        sum = sum * 31 + 1;
    }
    // The storage of a thread goes with it, so the others must not look at it any more.
    uint64_t result = sum ^ hash_words((void *)counters, sizeof counters);
    self->memory = memcpy(malloc(sizeof counters), (void *)counters, sizeof counters);
    return result;
}

int main(void) {
    compete(3, work);
    return guest_success();
}
