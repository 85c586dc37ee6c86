// A sequence lock: two readers repeat what a writer disturbed, until the writer is done.
// libs: -lpthread
#include "compete.h"

enum { words = 64, updates = 200000 };
static uint64_t sequence;
static volatile uint64_t data[words];
static volatile bool done;
static uint64_t good[3], torn[3];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(3);
    if (own == 0) {
        for (uint64_t i = 1; i <= updates; i++) {
            __atomic_store_n(&sequence, 2 * i - 1, __ATOMIC_SEQ_CST);
            for (int k = 0; k < words; k++) data[k] = i * 31 + (uint64_t)k;
            __atomic_store_n(&sequence, 2 * i, __ATOMIC_SEQ_CST);
        }
        done = true;
        return NULL;
    }
    while (!done) {
        uint64_t copy[words], before = __atomic_load_n(&sequence, __ATOMIC_SEQ_CST);
        if (before == 0) continue;
        for (int k = 0; k < words; k++) copy[k] = data[k];
        if (before % 2 == 1 || before != __atomic_load_n(&sequence, __ATOMIC_SEQ_CST)) {
            torn[own]++;
            continue;
        }
        for (int k = 0; k < words; k++) CHECK(copy[k] == before / 2 * 31 + (uint64_t)k);
        good[own]++;
    }
    return NULL;
}

int main(void) {
    run_threads(3, work);
    CHECK(sequence == 2 * updates);
    printf("read %lu and %lu, torn %lu and %lu\n", good[1], good[2], torn[1], torn[2]);
    return guest_success();
}
