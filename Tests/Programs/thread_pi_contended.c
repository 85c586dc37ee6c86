// Four threads compute under a priority inheriting mutex; who gets it when shows in the output.
// libs: -lpthread
#include "compete.h"

static pthread_mutex_t mutex;
static volatile uint64_t value;
static uint64_t order;

static void *work(void *argument) {
    await_threads(4);
    for (int i = 0; i < 40; i++) {
        CHECK(pthread_mutex_lock(&mutex) == 0);
        for (int k = 0; k < 50000; k++) value = value + 1;
        order = order * 31 + (uintptr_t)argument;
        CHECK(pthread_mutex_unlock(&mutex) == 0);
    }
    return NULL;
}

int main(void) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
    run_threads(4, work);
    CHECK(value == 4 * 40 * 50000);
    printf("order %016lx\n", order);
    return guest_success();
}
