// Two threads in loops of `loop`, `loopne` and `jrcxz`.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed, turns = 15000, count;
    __asm__ volatile("1: mov $1500, %2; 2: lea 1(%0,%0,4), %0; rol $3, %0; loop 2b;"
                     "mov $300, %2; 3: imul $77, %0, %0; cmp $1, %0; loopne 3b;"
                     "mov $200, %2; 4: jrcxz 5f; add %2, %0; dec %2; jmp 4b;"
                     "5: dec %1; jnz 1b"
                     : "+r"(value), "+r"(turns), "=&c"(count)::"cc");
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
