// Six threads need a table that the first of them computes, while the others spin.
// libs: -lpthread
#include "compete.h"

enum { empty, busy, ready, count = 1 << 16 };
static int state;
static uint64_t table[count], spins[6], builder;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    int expected = empty;
    await_threads(6);
    if (__atomic_compare_exchange_n(&state, &expected, busy, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        builder = (uint64_t)own;
        uint64_t value = 1;
        for (int turn = 0; turn < 100; turn++)
            for (int i = 0; i < count; i++) table[i] += next_number(&value);
        __atomic_store_n(&state, ready, __ATOMIC_SEQ_CST);
    }
    while (__atomic_load_n(&state, __ATOMIC_SEQ_CST) != ready) spins[own]++;
    return (void *)hash_words(table, sizeof table);
}

int main(void) {
    pthread_t threads[6];
    void *results[6];
    for (intptr_t i = 0; i < 6; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 6; i++) CHECK(pthread_join(threads[i], &results[i]) == 0 && results[i] == results[0]);
    printf("thread %lu made %p\n", builder, results[0]);
    for (int i = 0; i < 6; i++) printf("thread %d spun %lu times\n", i, spins[i]);
    return guest_success();
}
