// Threads race for a mutex with system calls inside; the order in which they win is recorded in the output.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static uint64_t order;
static int count;

static void *work(void *argument) {
    for (int i = 0; i < 100; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        order = order * 31 + (uintptr_t)argument;
        int before = count;
        if (i % 10 == 0) sched_yield();
        count = before + 1;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
        if (i % 7 == 0) sched_yield();
    }
    return NULL;
}

int main(void) {
    pthread_t threads[5];
    for (uintptr_t i = 0; i < 5; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
    for (int i = 0; i < 5; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(count == 500);
    printf("order %016lx\n", order);
    return guest_success();
}
