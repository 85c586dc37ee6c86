// Sixteen threads compute at the same time, more than there are processors; who ends when shows in the output.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed;
    for (int i = 0; i < 3000000; i++) {
        value = value * 6364136223846793005 + 1442695040888963407;
        self->progress++;
    }
    return value;
}

int main(void) {
    compete(16, work);
    return guest_success();
}
