// setitimer with sigwait, and POSIX timers with a value, an overrun count and SIGEV_THREAD_ID.
// libs: -lrt -lpthread
#include "guest.h"

#include <sys/time.h>

#ifndef sigev_notify_thread_id
#define sigev_notify_thread_id _sigev_un._tid
#endif

int main(void) {
    sigset_t set;
    int signal;
    sigemptyset(&set), sigaddset(&set, SIGALRM), sigaddset(&set, SIGRTMIN);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    struct itimerval interval = {.it_value = {0, 3000}};
    CHECK(setitimer(ITIMER_REAL, &interval, NULL) == 0);
    CHECK(sigwait(&set, &signal) == 0 && signal == SIGALRM);

    timer_t timer;
    uint64_t value = guest_random();
    struct sigevent event = {.sigev_notify = SIGEV_THREAD_ID, .sigev_signo = SIGRTMIN};
    event.sigev_value.sival_ptr = (void *)value;
    event.sigev_notify_thread_id = gettid();
    CHECK(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    struct itimerspec setting = {.it_value = {0, 2000000}, .it_interval = {0, 1000000}}, current;
    CHECK(timer_settime(timer, 0, &setting, NULL) == 0);
    siginfo_t info;
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
    CHECK(info.si_code == SI_TIMER && info.si_value.sival_ptr == (void *)value);
    guest_sleep_ms(6);
    CHECK(sigwaitinfo(&set, &info) == SIGRTMIN);
    int overrun = timer_getoverrun(timer);
    CHECK(overrun >= 1 && info.si_overrun >= 1);
    CHECK(timer_gettime(timer, &current) == 0 && current.it_interval.tv_nsec == 1000000);
    CHECK(timer_delete(timer) == 0);
    printf("overrun %d, left %ld, value %016lx\n", overrun, current.it_value.tv_nsec, value);
    return guest_success();
}
