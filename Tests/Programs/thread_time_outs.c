// Time-outs of mutexes, condition variables, semaphores and joins pass while another thread computes.
// libs: -lpthread
#include "compete.h"

#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER, own_mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
static volatile uint64_t turns;
static volatile int locked, done;

static void *work(void *argument) {
    CHECK(pthread_mutex_lock(&mutex) == 0);
    locked = 1;
    while (!done) turns++;
    CHECK(pthread_mutex_unlock(&mutex) == 0);
    return argument;
}

static struct timespec soon(void) {
    struct timespec time;
    CHECK(clock_gettime(CLOCK_REALTIME, &time) == 0);
    time.tv_nsec += 4000000;
    if (time.tv_nsec >= 1000000000) time.tv_sec++, time.tv_nsec -= 1000000000;
    return time;
}

int main(void) {
    pthread_t thread;
    sem_t semaphore;
    struct timespec end;
    CHECK(sem_init(&semaphore, 0, 0) == 0 && pthread_create(&thread, NULL, work, NULL) == 0);
    while (!locked) sched_yield();
    end = soon();
    CHECK(pthread_mutex_timedlock(&mutex, &end) == ETIMEDOUT);
    printf("mutex at %lu\n", turns);
    CHECK(pthread_mutex_lock(&own_mutex) == 0);
    end = soon();
    int result;
    while ((result = pthread_cond_timedwait(&never, &own_mutex, &end)) == 0) continue;
    CHECK(result == ETIMEDOUT && pthread_mutex_unlock(&own_mutex) == 0);
    printf("condition at %lu\n", turns);
    end = soon();
    CHECK(sem_timedwait(&semaphore, &end) == -1 && errno == ETIMEDOUT);
    printf("semaphore at %lu\n", turns);
    end = soon();
    CHECK(pthread_timedjoin_np(thread, NULL, &end) == ETIMEDOUT);
    printf("join at %lu\n", turns);
    done = 1;
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
