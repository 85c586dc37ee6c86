// Two threads change the rounding mode of SSE all the time.
// libs: -lpthread
#include "compete.h"

#include <xmmintrin.h>

static uint64_t work(struct rival *self) {
    volatile double x = (double)(self->seed >> 12) / (1ull << 52), sum = 0;
    for (uint32_t i = 0; i < 4000000; i++) {
        _mm_setcsr(0x1f80 | (i * 5 & 3) << 13);
        x = 3.99 * x * (1 - x);
        sum = sum / 3 + x;
    }
    _mm_setcsr(0x1f80);
    double value = sum;
    return guest_hash(&value, sizeof value);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
