// Thread local variables and thread specific data with destructors.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static __thread uint64_t own = 42;
static pthread_key_t key;
static uint64_t destroyed[4];

static void destroy(void *value) { destroyed[(uintptr_t)value - 1] = own; }

static void *work(void *argument) {
    CHECK(own == 42 && pthread_getspecific(key) == NULL);
    own = (uint64_t)gettid();
    CHECK(pthread_setspecific(key, argument) == 0);
    guest_sleep_ms(1);
    CHECK(own == (uint64_t)gettid() && pthread_getspecific(key) == argument);
    return (void *)&own;
}

int main(void) {
    pthread_t threads[4];
    void *places[4];
    own = 7;
    CHECK(pthread_key_create(&key, destroy) == 0);
    for (uintptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)(i + 1)) == 0);
    for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], &places[i]) == 0);
    CHECK(own == 7);
    for (int i = 0; i < 4; i++) {
        CHECK(destroyed[i] > 0 && places[i] != &own);
        printf("%lu at %p\n", destroyed[i], places[i]);
    }
    return guest_success();
}
