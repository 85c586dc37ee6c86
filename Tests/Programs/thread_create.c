// Threads are created, joined for their results, and detached; each has its own id.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <semaphore.h>

static sem_t done;

static void *work(void *argument) {
    pid_t *tid = argument;
    *tid = gettid();
    return (void *)(uintptr_t)(*tid * 2);
}

static void *detached(void *argument) {
    *(pid_t *)argument = gettid();
    sem_post(&done);
    return NULL;
}

int main(void) {
    pthread_t threads[8], alone;
    pid_t tids[8] = {0}, last = 0;
    for (int i = 0; i < 8; i++) CHECK(pthread_create(&threads[i], NULL, work, &tids[i]) == 0);
    for (int i = 0; i < 8; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0 && (uintptr_t)result == (uintptr_t)tids[i] * 2);
        for (int j = 0; j < i; j++) CHECK(tids[i] != tids[j]);
        printf("thread %d, handle %lx\n", tids[i], threads[i]);
    }
    CHECK(sem_init(&done, 0, 0) == 0);
    CHECK(pthread_create(&alone, NULL, detached, &last) == 0 && pthread_detach(alone) == 0);
    while (sem_wait(&done) == -1) CHECK(errno == EINTR);
    CHECK(last != 0 && last != getpid());
    return guest_success();
}
