// A thread sleeps while a signal is ignored by its process; another thread sets a handler, and blocks the signal itself:
// the one that sleeps has to take it. Then the other way round.
#include "guest.h"
#include <pthread.h>
#include <sys/epoll.h>

static volatile pid_t handled_by;
static void handler(int signal) {
    (void)signal;
    handled_by = (pid_t)syscall(SYS_gettid);
}

static volatile pid_t sleeper;
static volatile int results[2], errors[2];
static int epoll;

static void *sleep_twice(void *unused) {
    (void)unused;
    sleeper = (pid_t)syscall(SYS_gettid);
    for (int i = 0; i < 2; i++) {
        struct epoll_event event;
        results[i] = epoll_wait(epoll, &event, 1, i == 0 ? -1 : 60);
        errors[i] = results[i] == -1 ? errno : 0;
    }
    return NULL;
}

int main(void) {
    signal(SIGUSR1, SIG_IGN);
    epoll = epoll_create1(0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, sleep_twice, NULL) == 0);
    while (sleeper == 0) sched_yield();
    guest_await_state(getpid(), sleeper, 'S');

    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(pthread_sigmask(SIG_BLOCK, &set, NULL) == 0);
    struct sigaction action = {.sa_handler = handler};
    CHECK(sigaction(SIGUSR1, &action, NULL) == 0);
    kill(getpid(), SIGUSR1);
    while (handled_by == 0) guest_sleep_ms(1);
    CHECK(handled_by == sleeper);

    guest_sleep_ms(5);
    signal(SIGUSR1, SIG_IGN);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &set, NULL) == 0);
    kill(getpid(), SIGUSR1);
    CHECK(pthread_join(thread, NULL) == 0);
    for (int i = 0; i < 2; i++) printf("%d %d\n", results[i], errors[i]);
    CHECK(results[0] == -1 && results[1] == 0);
    return guest_success();
}
