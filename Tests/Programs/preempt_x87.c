// Two threads compute with long doubles on the x87 stack.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    long double x = (long double)(self->seed >> 1) / (1ull << 63), y = x / 3, sum = 0;
    for (int i = 0; i < 6000000; i++) {
        x = 3.99L * x * (1 - x);
        y = 3.97L * y * (1 - y);
        sum = sum / 2 + x - y;
    }
    unsigned char bytes[16] = {0};
    memcpy(bytes, &sum, 10);
    return guest_hash(bytes, sizeof bytes);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
