// Threads that compute are cancelled asynchronously; how far they came shows in the output.
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns[3];
static volatile int cleaned;

static void clean(void *argument) { cleaned += *(int *)argument; }

static void *work(void *argument) {
    int one = 1, old;
    pthread_cleanup_push(clean, &one);
    CHECK(pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0 && old == PTHREAD_CANCEL_DEFERRED);
    for (;;) turns[(intptr_t)argument]++;
    pthread_cleanup_pop(0);
}

int main(void) {
    for (intptr_t i = 0; i < 3; i++) {
        pthread_t thread;
        void *result;
        CHECK(pthread_create(&thread, NULL, work, (void *)i) == 0);
        while (turns[i] == 0) guest_sleep_ms(1);
        CHECK(pthread_cancel(thread) == 0 && pthread_join(thread, &result) == 0);
        CHECK(result == PTHREAD_CANCELED && cleaned == i + 1);
        printf("cancelled at %lu\n", turns[i]);
    }
    return guest_success();
}
