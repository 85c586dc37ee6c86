// Three timers: the handler of the first is busy until that of the second ends, which waits for the third.
// libs: -lrt
#include "guest.h"

static volatile int finished;
static volatile uint64_t turns[3];
static timer_t timers[3];

static void handler(int signal) {
    int own = signal - SIGRTMIN;
    struct itimerspec once = {.it_value = {0, 5000000}};
    if (own < 2) {
        CHECK(timer_settime(timers[own + 1], 0, &once, NULL) == 0);
        while (finished < 2 - own) turns[own]++;
    }
    finished++;
}

int main(void) {
    for (int i = 0; i < 3; i++) {
        struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN + i};
        CHECK(sigaction(SIGRTMIN + i, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
        CHECK(timer_create(CLOCK_MONOTONIC, &event, &timers[i]) == 0);
    }
    for (int round = 0; round < 2; round++) {
        struct itimerspec once = {.it_value = {0, 5000000}};
        finished = 0;
        CHECK(timer_settime(timers[0], 0, &once, NULL) == 0);
        while (finished < 3) turns[2]++;
        printf("turns %lu, %lu, %lu\n", turns[0], turns[1], turns[2]);
    }
    return guest_success();
}
