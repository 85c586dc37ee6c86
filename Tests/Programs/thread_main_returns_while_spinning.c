// The main thread returns while four threads spin.
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns[4];

static void *work(void *argument) {
    for (;;) turns[(intptr_t)argument]++;
    return NULL;
}

int main(void) {
    pthread_t thread;
    for (intptr_t i = 0; i < 4; i++) CHECK(pthread_create(&thread, NULL, work, (void *)i) == 0);
    for (int i = 0; i < 4; i++)
        while (turns[i] == 0) sched_yield();
    for (int i = 0; i < 4; i++) printf("thread %d at %lu\n", i, turns[i]);
    return guest_success();
}
