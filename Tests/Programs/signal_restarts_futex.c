// With SA_RESTART a futex wait without a time-out goes on after a handler; one with a time-out ends with EINTR.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

static volatile int handled, word, waiting;
static pid_t waiter;

static void handler(int signal) {
    CHECK(signal == SIGUSR1 && gettid() == waiter);
    handled++;
}

static void *disturb(void *argument) {
    for (int i = 1; i <= 3; i++) {
        while (waiting < (i < 3 ? 1 : 2)) sched_yield();
        guest_await_state(getpid(), waiter, 'S');
        if (i == 3) {
            CHECK(tgkill(getpid(), waiter, SIGUSR1) == 0);
            break;
        }
        CHECK(tgkill(getpid(), waiter, SIGUSR1) == 0);
        while (handled < i) guest_sleep_ms(1);
        if (i == 1) continue;
        guest_await_state(getpid(), waiter, 'S');
        word = 1;
        CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) >= 0);
    }
    return argument;
}

int main(void) {
    pthread_t thread;
    struct timespec limit = {20, 0};
    waiter = gettid();
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    CHECK(pthread_create(&thread, NULL, disturb, NULL) == 0);
    waiting = 1;
    CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) == 0 && handled == 2 && word == 1);
    waiting = 2;
    CHECK(syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, &limit, NULL, 0) == -1 && errno == EINTR && handled == 3);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("waited in %d\n", waiter);
    return guest_success();
}
