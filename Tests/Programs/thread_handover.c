// A mutex and a condition variable hand a token around four threads 200 times.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t changed = PTHREAD_COND_INITIALIZER;
static int turn;
static uint64_t value;

static void *work(void *argument) {
    int own = (int)(intptr_t)argument;
    for (int i = 0; i < 50; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        while (turn % 4 != own) CHECK(pthread_cond_wait(&changed, &mutex) == 0);
        value = value * 31 + (uint64_t)gettid();
        turn++;
        CHECK(pthread_cond_broadcast(&changed) == 0);
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(turn == 200);
    printf("%016lx\n", value);
    return guest_success();
}
