// An interval timer survives exec, a POSIX timer and the alternate stack do not.
// libs: -lrt
#include "guest.h"

#include <sys/time.h>

int main(int argc, char **argv) {
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGALRM);
    if (argc == 2) {
        struct itimerval timer;
        int signal;
        stack_t stack;
        CHECK(getitimer(ITIMER_REAL, &timer) == 0 && timer.it_interval.tv_usec == 20000);
        CHECK(sigwait(&set, &signal) == 0 && signal == SIGALRM);
        struct itimerspec setting;
        CHECK(syscall(SYS_timer_gettime, atoi(argv[1]), &setting) == -1 && errno == EINVAL);
        CHECK(sigaltstack(NULL, &stack) == 0 && stack.ss_flags == SS_DISABLE);
        printf("%ld us left in %d\n", timer.it_value.tv_usec, getpid());
        return guest_success();
    }
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    struct itimerval timer = {{0, 20000}, {0, 20000}};
    CHECK(setitimer(ITIMER_REAL, &timer, NULL) == 0);
    int posix = -1;
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1};
    CHECK(syscall(SYS_timer_create, CLOCK_MONOTONIC, &event, &posix) == 0);
    stack_t stack = {.ss_sp = malloc(65536), .ss_size = 65536};
    CHECK(sigaltstack(&stack, NULL) == 0);
    char word[16];
    snprintf(word, sizeof word, "%d", posix);
    execl("/proc/self/exe", "again", word, (char *)NULL);
    CHECK(!"exec returned");
}
