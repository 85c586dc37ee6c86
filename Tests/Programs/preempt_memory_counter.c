// Two threads in loops that do little but count in memory.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    while (self->progress < 60000000) self->progress++;
    return self->seed + self->progress;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
