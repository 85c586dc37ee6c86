// A priority inheriting mutex: the kernel writes the owner into the word.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static pthread_mutex_t mutex;
static volatile pid_t waiter;

static void *take(void *argument) {
    (void)argument;
    waiter = gettid();
    CHECK(pthread_mutex_lock(&mutex) == 0);
    uint32_t word = *(volatile uint32_t *)&mutex;
    CHECK((word & 0x3fffffff) == (uint32_t)gettid());
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return NULL;
}

int main(void) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_setprotocol(&attributes, PTHREAD_PRIO_INHERIT) == 0);
    CHECK(pthread_mutex_init(&mutex, &attributes) == 0);
    CHECK(pthread_mutex_lock(&mutex) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, take, NULL) == 0);
    while (waiter == 0) guest_sleep_ms(1);
    guest_await_state(getpid(), waiter, 'S');
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("%d waited for %d\n", waiter, getpid());
    return guest_success();
}
