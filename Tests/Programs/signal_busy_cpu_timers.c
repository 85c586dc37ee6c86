// POSIX timers on the processor time of the process and of a thread, both of which compute.
// libs: -lrt -lpthread
#include "compete.h"

static volatile uint64_t turns[2];
static volatile int ticks[2];

static void handler(int signal) { ticks[signal - SIGRTMIN]++; }

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    timer_t timer;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + (int)own};
    struct itimerspec interval = {{0, 8000000}, {0, 8000000}};
    CHECK(timer_create(own == 0 ? CLOCK_PROCESS_CPUTIME_ID : CLOCK_THREAD_CPUTIME_ID, &event, &timer) == 0);
    CHECK(timer_settime(timer, 0, &interval, NULL) == 0);
    while (ticks[own] < 4) turns[own]++;
    CHECK(timer_delete(timer) == 0);
    return NULL;
}

int main(void) {
    for (int i = 0; i < 2; i++) CHECK(sigaction(SIGRTMIN + i, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    run_threads(2, work);
    printf("%lu and %lu turns\n", turns[0], turns[1]);
    return guest_success();
}
