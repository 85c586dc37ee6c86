// pthread_spin_lock and pthread_spin_trylock between four threads that compute while they hold the lock.
// libs: -lpthread
#include "compete.h"

static pthread_spinlock_t lock;
static volatile uint64_t value;
static uint64_t refused[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(4);
    for (int i = 0; i < 100; i++) {
        if (own == 3)
            while (pthread_spin_trylock(&lock) != 0) refused[own]++;
        else CHECK(pthread_spin_lock(&lock) == 0);
        for (int k = 0; k < 20000; k++) value = value + 1;
        CHECK(pthread_spin_unlock(&lock) == 0);
    }
    return NULL;
}

int main(void) {
    CHECK(pthread_spin_init(&lock, PTHREAD_PROCESS_PRIVATE) == 0);
    run_threads(4, work);
    CHECK(value == 4 * 100 * 20000);
    printf("refused %lu times\n", refused[3]);
    return guest_success();
}
