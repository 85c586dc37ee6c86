// Two threads compute in registers alone.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed, turns = 60000000;
    __asm__ volatile("1: imul %2, %0; rol $7, %0; dec %1; jnz 1b"
                     : "+r"(value), "+r"(turns)
                     : "r"(0x5851f42d4c957f2d)
                     : "cc");
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
