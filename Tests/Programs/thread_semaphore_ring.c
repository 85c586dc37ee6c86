// Semaphores hand a token around a ring of five threads, each of which computes while it has it.
// libs: -lpthread
#include "compete.h"

#include <semaphore.h>

enum { count = 5 };
static sem_t semaphores[count];
static volatile uint64_t value;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 30; i++) {
        while (own == 4 ? sem_trywait(&semaphores[own]) : sem_wait(&semaphores[own])) {
            CHECK(own == 4 && errno == EAGAIN);
            sched_yield();
        }
        for (int k = 0; k < 30000; k++) value = value * 6364136223846793005 + (uint64_t)own;
        CHECK(sem_post(&semaphores[(own + 1) % count]) == 0);
    }
    return NULL;
}

int main(void) {
    uint64_t seed = value = guest_random();
    for (int i = 0; i < count; i++) CHECK(sem_init(&semaphores[i], 0, i == 0) == 0);
    run_threads(count, work);
    for (int i = 0; i < 30 * count; i++)
        for (int k = 0; k < 30000; k++) seed = seed * 6364136223846793005 + (uint64_t)(i % count);
    CHECK(value == seed);
    printf("%016lx\n", seed);
    return guest_success();
}
