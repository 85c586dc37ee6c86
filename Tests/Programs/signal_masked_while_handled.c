// sa_mask: a signal that comes while a busy handler runs which masks it is handled when that handler returns.
// libs: -lrt
#include "guest.h"

#include <sys/time.h>

static volatile int handled, ticks;
static volatile uint64_t turns;

static void second(int signal) {
    CHECK(signal == SIGUSR2);
    handled++;
}

static void first(int signal) {
    CHECK(signal == SIGALRM);
    CHECK(kill(getpid(), SIGUSR2) == 0);
    int before = handled;
    for (int i = 0; i < 3000000; i++) turns++;
    CHECK(handled == before);
    ticks++;
}

int main(void) {
    struct sigaction action = {.sa_handler = first};
    sigemptyset(&action.sa_mask), sigaddset(&action.sa_mask, SIGUSR2);
    CHECK(sigaction(SIGUSR2, &(struct sigaction){.sa_handler = second}, NULL) == 0);
    CHECK(sigaction(SIGALRM, &action, NULL) == 0);
    for (int i = 1; i <= 4; i++) {
        CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 5000}}, NULL) == 0);
        while (ticks < i || handled < i) turns++;
        CHECK(handled == i);
        printf("turns %lu\n", turns);
    }
    return guest_success();
}
