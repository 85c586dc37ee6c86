// Cancellation of threads in nanosleep, in a condition wait (which takes the mutex again), in sem_wait and in join.
// libs: -lpthread
#include "compete.h"

#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static sem_t semaphore;
static volatile pid_t ids[4];
static pthread_t threads[4];

static void unlock(void *argument) { CHECK(pthread_mutex_unlock(argument) == 0); }

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    ids[own] = gettid();
    switch (own) {
    case 0: guest_sleep_ms(100000); break;
    case 1:
        CHECK(pthread_mutex_lock(&mutex) == 0);
        pthread_cleanup_push(unlock, &mutex);
        for (;;) pthread_cond_wait(&never, &mutex);
        pthread_cleanup_pop(1);
        break;
    case 2: sem_wait(&semaphore); break;
    case 3: pthread_join(threads[2], NULL); break;
    }
    CHECK(!"not cancelled");
    return NULL;
}

int main(void) {
    CHECK(sem_init(&semaphore, 0, 0) == 0);
    for (intptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    static const int order[] = {0, 1, 3, 2};
    for (int i = 0; i < 4; i++) {
        void *result;
        int index = order[i];
        while (ids[index] == 0) sched_yield();
        guest_await_state(getpid(), ids[index], 'S');
        CHECK(pthread_cancel(threads[index]) == 0 && pthread_join(threads[index], &result) == 0);
        CHECK(result == PTHREAD_CANCELED);
    }
    CHECK(pthread_mutex_trylock(&mutex) == 0);
    printf("cancelled %d, %d, %d, %d\n", ids[0], ids[1], ids[2], ids[3]);
    return guest_success();
}
