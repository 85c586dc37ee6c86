// Peterson's algorithm: mutual exclusion of two threads by loads and stores alone.
// libs: -lpthread
#include "compete.h"

static int wants[2], victim;
static volatile uint64_t value;
static uint64_t spins[2];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(2);
    for (int i = 0; i < 30; i++) {
        __atomic_store_n(&wants[own], 1, __ATOMIC_SEQ_CST);
        __atomic_store_n(&victim, (int)own, __ATOMIC_SEQ_CST);
        while (__atomic_load_n(&wants[1 - own], __ATOMIC_SEQ_CST) && __atomic_load_n(&victim, __ATOMIC_SEQ_CST) == own)
            spins[own]++;
        for (int k = 0; k < 400000; k++) value = value + 1;
        __atomic_store_n(&wants[own], 0, __ATOMIC_SEQ_CST);
    }
    return NULL;
}

int main(void) {
    run_threads(2, work);
    CHECK(value == 2 * 30 * 400000);
    printf("spun %lu and %lu times\n", spins[0], spins[1]);
    return guest_success();
}
