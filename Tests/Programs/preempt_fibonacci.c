// Two threads compute Fibonacci numbers by recursion: the state is in return addresses.
// libs: -lpthread
#include "compete.h"

__attribute__((noinline)) static uint64_t fibonacci(struct rival *self, int n) {
    if (n == 20) self->progress++;
    return n < 2 ? (uint64_t)n : fibonacci(self, n - 1) + fibonacci(self, n - 2);
}

static uint64_t work(struct rival *self) {
    uint64_t value = fibonacci(self, 34);
    CHECK(value == 5702887);
    return value ^ self->seed;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
