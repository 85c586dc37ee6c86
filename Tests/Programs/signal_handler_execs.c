// A timer's handler in one of two busy threads executes the program again.
// libs: -lpthread
#include "compete.h"

#include <sys/time.h>

static volatile uint64_t turns[2];

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    char text[32];
    snprintf(text, sizeof text, "%lu", turns[0] + turns[1]);
    execl("/proc/self/exe", "again", text, (char *)NULL);
    CHECK(!"exec returned");
}

static void *work(void *argument) {
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(pthread_sigmask(SIG_UNBLOCK, &alarm, NULL) == 0);
    for (;;) turns[(intptr_t)argument]++;
}

int main(int argc, char **argv) {
    if (argc == 2) {
        printf("pid %d after %s turns\n", getpid(), argv[1]);
        return guest_success();
    }
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);  // Else the main thread would take it.
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 20000}}, NULL) == 0);
    run_threads(2, work);
    CHECK(!"ended");
}
