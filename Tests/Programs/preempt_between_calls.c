// Three threads compute between cheap system calls, which come every few hundred microseconds.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed;
    for (int i = 0; i < 200; i++) {
        for (int k = 0; k < 150000; k++) value = value * 6364136223846793005 + 1442695040888963407;
        value += (uint64_t)getpid();
        self->progress++;
    }
    return value;
}

int main(void) {
    compete(3, work);
    return guest_success();
}
