// A child that makes system calls all the time does not keep its parent from being woken by a timer.
#include "guest.h"

#include <sys/time.h>

static void handler(int signal) { CHECK(signal == SIGALRM); }

int main(void) {
    sigset_t set, old;
    sigemptyset(&set), sigaddset(&set, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        char bytes[16];
        int zero = open("/dev/zero", O_RDONLY);
        for (;;) CHECK(read(zero, bytes, sizeof bytes) == sizeof bytes);
    }
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){.it_value.tv_usec = 100000}, NULL) == 0);
    CHECK(sigsuspend(&old) == -1 && errno == EINTR);
    CHECK(kill(child, SIGKILL) == 0 && guest_wait_signal(child) == SIGKILL);
    printf("ended %d\n", child);
    return guest_success();
}
