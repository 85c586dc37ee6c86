// Two threads allocate and free blocks of many sizes, each from an arena of its own.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t state = self->seed, sum = 0;
    unsigned char *blocks[256] = {NULL};
    size_t sizes[256] = {0};
    for (int i = 0; i < 600000; i++) {
        uint64_t number = next_number(&state);
        int slot = number % 256;
        if (blocks[slot] != NULL) {
            sum = sum * 31 + blocks[slot][0] + blocks[slot][sizes[slot] - 1];
            free(blocks[slot]);
        }
        sizes[slot] = (number >> 8) % 2000 + 1;
        CHECK((blocks[slot] = malloc(sizes[slot])) != NULL);
        blocks[slot][0] = blocks[slot][sizes[slot] - 1] = (unsigned char)(number >> 32);
        self->progress++;
    }
    for (int i = 0; i < 256; i++) free(blocks[i]);
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
