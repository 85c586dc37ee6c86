// nanosleep: EINTR with the remaining time after a handler; a stop and continue restarts it unseen.
#include "guest.h"

#include <sys/time.h>

static volatile int handled;

static void handler(int signal) {
    (void)signal;
    handled++;
}

int main(void) {
    CHECK(signal(SIGALRM, handler) != SIG_ERR);
    struct itimerval timer = {.it_value = {0, 5000}};
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    struct timespec pause = {20, 0}, left = {-1, -1};
    CHECK(nanosleep(&pause, &left) == -1 && errno == EINTR);
    CHECK(handled == 1 && (left.tv_sec == 19 || left.tv_sec == 18));
    printf("left %ld.%09ld\n", left.tv_sec, left.tv_nsec);

    // The kernel resumes a stopped sleep through restart_syscall: the program sees one call that took its time.
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct timespec before, after;
        clock_gettime(CLOCK_MONOTONIC, &before);
        CHECK(nanosleep(&(struct timespec){0, 60000000}, NULL) == 0);
        clock_gettime(CLOCK_MONOTONIC, &after);
        CHECK((after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec >= 60000000);
        printf("slept until %ld.%09ld\n", after.tv_sec, after.tv_nsec);
        _exit(0);
    }
    int status;
    guest_await_state(child, child, 'S');
    CHECK(kill(child, SIGSTOP) == 0);
    CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
    CHECK(kill(child, SIGCONT) == 0);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
