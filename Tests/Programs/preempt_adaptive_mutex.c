// An adaptive mutex spins before it sleeps; three threads compute while they hold it.
// libs: -lpthread
#include "compete.h"

static pthread_mutex_t mutex = PTHREAD_ADAPTIVE_MUTEX_INITIALIZER_NP;
static volatile uint64_t value;
static uint64_t order;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(3);
    for (int i = 0; i < 100; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        for (int k = 0; k < 50000; k++) value = value + 1;
        order = order * 31 + (uint64_t)own;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return NULL;
}

int main(void) {
    run_threads(3, work);
    CHECK(value == 3 * 100 * 50000);
    printf("order %016lx\n", order);
    return guest_success();
}
