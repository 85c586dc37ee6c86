// tgkill to each of two spinning threads in turn; where each handler found its thread shows in the output.
// libs: -lpthread
#include "compete.h"

static volatile pid_t ids[2];
static volatile uint64_t turns[2];
static volatile int handled;
static uint64_t seen[10];

static void handler(int signal) {
    CHECK(signal == SIGUSR1 && gettid() == ids[handled % 2]);
    seen[handled] = turns[handled % 2];
    handled++;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    ids[own] = gettid();
    while (handled < 10) turns[own]++;
    return NULL;
}

int main(void) {
    pthread_t threads[2];
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    for (intptr_t i = 0; i < 2; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    while (ids[0] == 0 || ids[1] == 0) sched_yield();
    for (int i = 0; i < 10; i++) {
        CHECK(tgkill(getpid(), ids[i % 2], SIGUSR1) == 0);
        while (handled <= i) guest_sleep_ms(1);
    }
    for (int i = 0; i < 2; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < 10; i++) printf("thread %d at %lu\n", i % 2, seen[i]);
    return guest_success();
}
