// A POSIX timer signals one of two computing threads by its id.
// libs: -lrt -lpthread
#include "compete.h"

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

static volatile uint64_t turns;
static volatile int ticks;
static volatile pid_t target;
static uint64_t seen[5];

static void handler(int signal) {
    CHECK(signal == SIGUSR1 && gettid() == target);
    if (ticks < 5) seen[ticks++] = turns;
}

static void *work(void *argument) {
    if (argument != NULL) {
        timer_t timer;
        struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGUSR1};
        event.sigev_notify_thread_id = target = gettid();
        struct itimerspec interval = {{0, 10000000}, {0, 10000000}};
        CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &interval, NULL) == 0);
        while (ticks < 5) turns++;
        CHECK(timer_delete(timer) == 0);
    }
    while (ticks < 5) turns += 2;
    return NULL;
}

int main(void) {
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    run_threads(2, work);
    for (int i = 0; i < 5; i++) printf("tick at %lu\n", seen[i]);
    return guest_success();
}
