// A barrier: exactly one thread of each round is the serial one.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static pthread_barrier_t barrier;
static int serial[20], slots[6][20];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int round = 0; round < 20; round++) {
        slots[own][round] = round + 1;
        int result = pthread_barrier_wait(&barrier);
        for (int i = 0; i < 6; i++) CHECK(slots[i][round] == round + 1);
        if (result == PTHREAD_BARRIER_SERIAL_THREAD) serial[round] = gettid();
        else CHECK(result == 0);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[6];
    CHECK(pthread_barrier_init(&barrier, NULL, 6) == 0);
    for (intptr_t i = 0; i < 6; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 6; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < 20; i++) CHECK(serial[i] != 0);
    printf("%016lx\n", guest_hash(serial, sizeof serial));
    return guest_success();
}
