// A barrier that turns its sense and spins keeps four threads in step over eight rounds of computation.
// libs: -lpthread
#include "compete.h"

enum { count = 4, rounds = 8 };
static uint64_t cells[rounds + 1][count], spins[count];
static int arrived;
static bool sense;

static uint64_t step(uint64_t a, uint64_t b) {
    for (int i = 0; i < 100000; i++) a = a * 6364136223846793005 + b;
    return a;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    bool mine = false;
    for (int round = 0; round < rounds; round++) {
        cells[round + 1][own] = step(cells[round][own], cells[round][(own + 1) % count]);
        mine = !mine;
        if (__atomic_add_fetch(&arrived, 1, __ATOMIC_SEQ_CST) == count) {
            arrived = 0;
            __atomic_store_n(&sense, mine, __ATOMIC_SEQ_CST);
        }
        while (__atomic_load_n(&sense, __ATOMIC_SEQ_CST) != mine) spins[own]++;
    }
    return NULL;
}

int main(void) {
    uint64_t expected[rounds + 1][count];
    for (int i = 0; i < count; i++) cells[0][i] = guest_random();
    memcpy(expected[0], cells[0], sizeof cells[0]);
    run_threads(count, work);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < count; i++)
            expected[round + 1][i] = step(expected[round][i], expected[round][(i + 1) % count]);
    CHECK(memcmp(expected, cells, sizeof cells) == 0);
    printf("%016lx\n", guest_hash(cells, sizeof cells));
    printf("spun %lu, %lu, %lu, %lu\n", spins[0], spins[1], spins[2], spins[3]);
    return guest_success();
}
