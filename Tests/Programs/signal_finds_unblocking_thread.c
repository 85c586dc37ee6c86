// A signal to the process goes to the only computing thread that does not block it; the role goes around.
// libs: -lpthread
#include "compete.h"

static volatile int willing = -1, handled, passed;
static volatile uint64_t turns[3];
static __thread intptr_t own;
static uint64_t seen[6];

static void handler(int signal) {
    CHECK(signal == SIGUSR1 && own == willing);
    seen[handled] = turns[own];
    handled++;
}

static void *work(void *argument) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGUSR1);
    own = (intptr_t)argument;
    for (int i = 0; i < 6; i++) {
        while (passed < i) turns[own]++;
        if (i % 3 != own) continue;
        CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
        willing = (int)own;
        while (handled == i) turns[own]++;
        CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
        passed = i + 1;  // Before that the next thread must not be willing.
    }
    return NULL;
}

int main(void) {
    sigset_t set;
    pthread_t threads[3];
    sigemptyset(&set), sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    for (intptr_t i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 6; i++) {
        while (willing != i % 3) guest_sleep_ms(1);
        CHECK(kill(getpid(), SIGUSR1) == 0);
        while (handled == i) guest_sleep_ms(1);
    }
    for (int i = 0; i < 3; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    for (int i = 0; i < 6; i++) printf("thread %d at %lu\n", i % 3, seen[i]);
    return guest_success();
}
