// A process that starts threads all the time is killed by its own timer: some threads die before their first instruction.
// cflags: -pthread
#include "guest.h"

#include <pthread.h>

static void *end(void *unused) { return unused; }

__attribute__((noreturn)) static void start_threads(int number) {
    timer_t timer;
    CHECK(timer_create(CLOCK_MONOTONIC, &(struct sigevent){.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGKILL}, &timer) == 0);
    struct itimerspec when = {.it_value.tv_nsec = 3000000 + 137000 * number};
    CHECK(timer_settime(timer, 0, &when, NULL) == 0);
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, end, NULL) == 0) CHECK(pthread_detach(thread) == 0);
    }
}

int main(void) {
    for (int i = 0; i < 25; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) start_threads(i);
        CHECK(guest_wait_signal(child) == SIGKILL);
    }
    return guest_success();
}
