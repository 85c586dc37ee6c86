// Two threads carry a bit of their state in the carry flag, from one turn of the loop to the next.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t a = self->seed, b = ~self->seed, turns = 40000000;
    __asm__ volatile("clc; 1: adc %1, %0; rcl $1, %1; adc $0, %0; lea -1(%2), %2; jrcxz 2f; jmp 1b; 2:"
                     : "+r"(a), "+r"(b), "+c"(turns)::"cc");
    return a ^ b << 1;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
