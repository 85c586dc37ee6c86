// pthread_barrier_wait keeps threads with unequal amounts of computation in step.
// libs: -lpthread
#include "compete.h"

enum { count = 4, rounds = 10 };
static pthread_barrier_t barrier;
static volatile uint64_t cells[2][count];
static uint64_t serial;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int round = 0; round < rounds; round++) {
        volatile uint64_t *from = cells[round % 2], *to = cells[(round + 1) % 2];
        uint64_t value = from[own] ^ from[(own + 1) % count];
        for (int i = 0; i < 300000 * (own + 1); i++) value = value * 6364136223846793005 + 1;
        to[own] = value;
        int result = pthread_barrier_wait(&barrier);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD) serial = serial * 31 + (uint64_t)own;
        else CHECK(result == 0);
    }
    return NULL;
}

int main(void) {
    uint64_t seed = guest_random();
    CHECK(pthread_barrier_init(&barrier, NULL, count) == 0);
    for (int i = 0; i < count; i++) cells[0][i] = seed + (uint64_t)i;
    run_threads(count, work);
    printf("%016lx, serial threads %016lx\n", guest_hash((void *)cells, sizeof cells), serial);
    return guest_success();
}
