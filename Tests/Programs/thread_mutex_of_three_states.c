// A mutex made of a futex, which spins a little before it sleeps; how often it slept shows in the output.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

static int state;  // 0 free, 1 locked, 2 locked with sleepers.
static volatile uint64_t value;
static uint64_t sleeps[4], wakes[4];

static void lock(intptr_t own) {
    int expected = 0;
    for (int i = 0; i < 100; i++, expected = 0)
        if (__atomic_compare_exchange_n(&state, &expected, 1, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) return;
    while (__atomic_exchange_n(&state, 2, __ATOMIC_SEQ_CST) != 0) {
        syscall(SYS_futex, &state, FUTEX_WAIT_PRIVATE, 2, NULL, NULL, 0);
        sleeps[own]++;
    }
}

static void unlock(intptr_t own) {
    if (__atomic_exchange_n(&state, 0, __ATOMIC_SEQ_CST) == 1) return;
    syscall(SYS_futex, &state, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0);
    wakes[own]++;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(4);
    for (int i = 0; i < 100; i++) {
        lock(own);
        for (int k = 0; k < 30000; k++) value = value + 1;
        unlock(own);
    }
    return NULL;
}

int main(void) {
    run_threads(4, work);
    CHECK(value == 4 * 100 * 30000);
    for (int i = 0; i < 4; i++) printf("thread %d slept %lu times and woke %lu\n", i, sleeps[i], wakes[i]);
    return guest_success();
}
