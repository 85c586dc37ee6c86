// A POSIX timer that calls a function in a thread of its own, while the main thread is busy.
// libs: -lrt -lpthread
#include "guest.h"

static volatile uint64_t turns;
static volatile int calls;
static uint64_t seen[5];

static void notified(union sigval value) {
    static int lock;
    CHECK(value.sival_int == 4711);
    while (__atomic_exchange_n(&lock, 1, __ATOMIC_ACQUIRE)) sched_yield();
    if (calls < 5) {
        seen[calls] = turns;
        calls++;
    }
    __atomic_store_n(&lock, 0, __ATOMIC_RELEASE);
}

int main(void) {
    timer_t timer;
    struct sigevent event = {
        .sigev_notify = SIGEV_THREAD, .sigev_notify_function = notified, .sigev_value.sival_int = 4711};
    struct itimerspec interval = {{0, 10000000}, {0, 10000000}};
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &interval, NULL) == 0);
    while (calls < 5) turns++;
    CHECK(timer_delete(timer) == 0);
    for (int i = 0; i < 5; i++) printf("called at %lu\n", seen[i]);
    return guest_success();
}
