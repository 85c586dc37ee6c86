// Two threads leave nested calls by longjmp, again and again.
// libs: -lpthread
#include "compete.h"

#include <setjmp.h>

static __thread jmp_buf place;

__attribute__((noinline)) static void descend(uint64_t value, int depth) {
    if (value % 4 == 0 || depth == 20) longjmp(place, depth + 1);
    descend(value * 6364136223846793005 >> 3, depth + 1);
    CHECK(depth > 20);
}

static uint64_t work(struct rival *self) {
    volatile uint64_t value = self->seed, sum = 0;
    for (volatile int i = 0; i < 1500000; i++) {
        int depth = setjmp(place);
        if (depth == 0) descend(value, 0);
        sum = sum * 31 + (uint64_t)depth;
        value = value * 6364136223846793005 + 1442695040888963407;
        self->progress++;
    }
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
