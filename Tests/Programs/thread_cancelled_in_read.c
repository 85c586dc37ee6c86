// A thread blocked in read is cancelled and runs its cleanup handlers.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static volatile pid_t tid, cleaned;

static void cleanup(void *argument) {
    CHECK(argument == (void *)&tid);
    cleaned = gettid();
}

static void *block(void *argument) {
    int *ends = argument;
    char byte;
    tid = gettid();
    pthread_cleanup_push(cleanup, (void *)&tid);
    guest_signal(ends[3]);
    CHECK(read(ends[0], &byte, 1) && !"read returned");
    pthread_cleanup_pop(0);
    return NULL;
}

int main(void) {
    int ends[4];
    pthread_t thread;
    void *result;
    CHECK(pipe(ends) == 0 && pipe(ends + 2) == 0);
    CHECK(pthread_create(&thread, NULL, block, ends) == 0);
    guest_await(ends[2]);
    guest_await_state(getpid(), tid, 'S');
    CHECK(pthread_cancel(thread) == 0);
    CHECK(pthread_join(thread, &result) == 0 && result == PTHREAD_CANCELED);
    CHECK(cleaned == tid);
    printf("cancelled %d\n", tid);
    return guest_success();
}
