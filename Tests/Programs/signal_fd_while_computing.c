// A computing program looks into a signalfd from time to time, until it found four ticks of a timer there.
#include "guest.h"

#include <sys/signalfd.h>
#include <sys/time.h>

int main(void) {
    sigset_t alarm;
    sigemptyset(&alarm), sigaddset(&alarm, SIGALRM);
    CHECK(sigprocmask(SIG_BLOCK, &alarm, NULL) == 0);
    int fd = signalfd(-1, &alarm, SFD_NONBLOCK | SFD_CLOEXEC);
    CHECK(fd >= 0 && setitimer(ITIMER_REAL, &(struct itimerval){{0, 8000}, {0, 8000}}, NULL) == 0);
    volatile uint64_t value = guest_random();
    for (int found = 0, looks = 1; found < 4; looks++) {
        struct signalfd_siginfo info;
        for (int i = 0; i < 1000000; i++) value = value * 6364136223846793005 + 1;
        ssize_t count = read(fd, &info, sizeof info);
        if (count == -1) {
            CHECK(errno == EAGAIN);
            continue;
        }
        CHECK(count == sizeof info && info.ssi_signo == SIGALRM);
        found++;
        printf("look %d: %016lx\n", looks, value);
    }
    return guest_success();
}
