// Two threads compute prime numbers by division, with few instructions of many cycles.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t count = 0, sum = self->seed;
    for (uint64_t n = 3; n < 400000; n += 2) {
        uint64_t divisor = 3;
        while (divisor * divisor <= n && n % divisor != 0) divisor += 2;
        if (divisor * divisor <= n) continue;
        count++;
        sum = sum * 31 + n;
        self->progress = sum;
    }
    CHECK(count == 33859);
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
