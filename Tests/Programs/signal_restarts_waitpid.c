// With SA_RESTART a waitpid for a computing child goes on after each tick of a timer.
#include "guest.h"

#include <sys/time.h>

static volatile int ticks;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    ticks++;
}

int main(void) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        volatile uint64_t value = 1;
        for (int i = 0; i < 30000000; i++) value = value * 6364136223846793005 + 1;
        _exit((int)(value >> 60) == 0 ? 3 : 4);
    }
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 5000}, {0, 5000}}, NULL) == 0);
    int status;
    CHECK(waitpid(child, &status, 0) == child);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    CHECK(WIFEXITED(status) && WEXITSTATUS(status) >= 3);
    printf("%d ticks, status %d\n", ticks, WEXITSTATUS(status));
    return guest_success();
}
