// With SA_NODEFER a busy handler is interrupted by its own signal, four deep.
#include "guest.h"

#include <sys/time.h>

static volatile int depth, deepest;
static volatile uint64_t turns;
static uint64_t seen[4];

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    if (deepest == 4) return;
    depth++;
    seen[deepest] = turns;
    deepest = depth;
    while (deepest < 4) turns++;
    depth--;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_NODEFER}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 8000}, {0, 8000}}, NULL) == 0);
    while (deepest < 4) turns++;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    CHECK(depth == 0);
    for (int i = 0; i < 4; i++) printf("depth %d at %lu\n", i + 1, seen[i]);
    return guest_success();
}
