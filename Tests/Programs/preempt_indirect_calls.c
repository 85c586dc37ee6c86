// Two threads call functions through a table, the next one chosen by what the last one returned.
// libs: -lpthread
#include "compete.h"

static uint64_t f0(uint64_t x) { return x * 3 + 1; }
static uint64_t f1(uint64_t x) { return x ^ x >> 7; }
static uint64_t f2(uint64_t x) { return x << 11 | x >> 53; }
static uint64_t f3(uint64_t x) { return x - 0x123456789; }
static uint64_t f4(uint64_t x) { return ~x * 5; }
static uint64_t f5(uint64_t x) { return x * x | 1; }
static uint64_t f6(uint64_t x) { return __builtin_bswap64(x) + 7; }
static uint64_t f7(uint64_t x) { return x / 3 + (x << 40); }
static uint64_t (*const volatile functions[])(uint64_t) = {f0, f1, f2, f3, f4, f5, f6, f7};

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed;
    for (uint64_t i = 0; i < 8000000; i++) {
        value = functions[(value >> 17 ^ i) % 8](value);
        self->progress = value;
    }
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
