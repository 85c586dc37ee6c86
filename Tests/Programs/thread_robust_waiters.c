// A thread dies with three robust mutexes; for each of them another thread is blocked, and gets it with EOWNERDEAD.
// libs: -lpthread
#include "compete.h"

static pthread_mutex_t mutexes[3];
static volatile pid_t waiters[3];
static volatile int locked;

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own == 3) {
        for (int i = 0; i < 3; i++) CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
        locked = 1;
        for (int i = 0; i < 3; i++) {
            while (waiters[i] == 0) sched_yield();
            guest_await_state(getpid(), waiters[i], 'S');
        }
        return NULL;  // Without unlocking.
    }
    while (!locked) sched_yield();
    waiters[own] = gettid();
    CHECK(pthread_mutex_lock(&mutexes[own]) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(&mutexes[own]) == 0 && pthread_mutex_unlock(&mutexes[own]) == 0);
    return NULL;
}

int main(void) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
    for (int i = 0; i < 3; i++) CHECK(pthread_mutex_init(&mutexes[i], &attributes) == 0);
    run_threads(4, work);
    for (int i = 0; i < 3; i++) CHECK(pthread_mutex_lock(&mutexes[i]) == 0);
    printf("waited in %d, %d, %d\n", waiters[0], waiters[1], waiters[2]);
    return guest_success();
}
