// A timer's signals to the process are handled by whichever of three computing threads the kernel chooses.
// libs: -lpthread
#include "compete.h"

#include <sys/time.h>

static volatile int ticks;
static __thread volatile int own_ticks;
static __thread volatile uint64_t turns;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    own_ticks++;
    __atomic_add_fetch(&ticks, 1, __ATOMIC_SEQ_CST);
}

static void *work(void *argument) {
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &alarm, NULL) == 0);
    while (ticks < 6) turns++;
    printf("thread %d: %d ticks, %lu turns\n", (int)(intptr_t)argument, own_ticks, turns);
    return NULL;
}

int main(void) {
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);  // Else the main thread would take all.
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_RESTART};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    run_threads(3, work);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    return guest_success();
}
