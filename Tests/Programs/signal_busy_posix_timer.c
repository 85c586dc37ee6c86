// A POSIX timer sends a real time signal with a value into a busy loop.
// libs: -lrt
#include "guest.h"

static volatile uint64_t turns;
static volatile int ticks;
static uint64_t seen[5];
static void *value;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGRTMIN + 1 && context != NULL);
    CHECK(info->si_code == SI_TIMER && info->si_value.sival_ptr == value);
    if (ticks < 5) seen[ticks++] = turns;
}

int main(void) {
    timer_t timer;
    value = (void *)guest_random();
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + 1, .sigev_value.sival_ptr = value};
    struct itimerspec interval = {{0, 10000000}, {0, 10000000}};
    CHECK(sigaction(SIGRTMIN + 1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &interval, NULL) == 0);
    while (ticks < 5) turns++;
    CHECK(timer_delete(timer) == 0);
    for (int i = 0; i < 5; i++) printf("tick at %lu with %p\n", seen[i], value);
    return guest_success();
}
