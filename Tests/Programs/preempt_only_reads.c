// Two threads compute a checksum of memory that nobody writes.
// libs: -lpthread
#include "compete.h"

enum { words = 8192 };
static uint64_t table[words];

static uint64_t work(struct rival *self) {
    uint64_t sum = self->seed;
    for (int round = 0; round < 4000; round++)
        for (int i = 0; i < words; i++) sum = (sum << 1 | sum >> 63) ^ table[i];
    return sum;
}

int main(void) {
    uint64_t state = guest_random() | 1;
    for (int i = 0; i < words; i++) table[i] = next_number(&state);
    compete(2, work);
    return guest_success();
}
