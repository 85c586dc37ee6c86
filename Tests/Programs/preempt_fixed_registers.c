// Two threads count in memory while no register ever changes, but for the flags.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    __asm__ volatile("1: incq (%0); cmpq $60000000, (%0); jne 1b" ::"r"(&self->progress) : "memory", "cc");
    return self->progress;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
