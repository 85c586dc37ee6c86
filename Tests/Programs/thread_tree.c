// Threads that make threads, six levels deep, and add up what these return.
// libs: -lpthread
#include "compete.h"

static void *work(void *argument) {
    uintptr_t level = (uintptr_t)argument;
    if (level == 0) return (void *)(uintptr_t)gettid();
    pthread_t threads[2];
    uintptr_t sum = (uintptr_t)gettid();
    for (int i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)(level - 1)) == 0);
    for (int i = 0; i < 2; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0);
        sum = sum * 31 + (uintptr_t)result;
    }
    return (void *)sum;
}

int main(void) {
    printf("%p\n", work((void *)6));
    return guest_success();
}
