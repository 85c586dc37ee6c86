// 200 threads one after another, then 50 at once.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *work(void *argument) { return (void *)((uintptr_t)argument + (uintptr_t)gettid()); }

int main(void) {
    uint64_t sum = 0;
    pthread_t threads[50];
    void *result;
    for (uintptr_t i = 0; i < 200; i++) {
        CHECK(pthread_create(&threads[0], NULL, work, (void *)i) == 0);
        CHECK(pthread_join(threads[0], &result) == 0);
        sum = sum * 31 + (uintptr_t)result;
    }
    for (uintptr_t i = 0; i < 50; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 50; i++) {
        CHECK(pthread_join(threads[i], &result) == 0);
        sum = sum * 31 + (uintptr_t)result;
    }
    printf("%016lx\n", sum);
    return guest_success();
}
