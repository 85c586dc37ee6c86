// A handler interrupted by another signal's handler, five deep; SA_NODEFER lets one interrupt itself.
#include "guest.h"

static volatile int depth, deepest;

static void handler(int signal) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (signal < SIGRTMIN + 5) raise(signal + 1);
    depth--;
}

static void again(int signal) {
    depth++;
    if (depth > deepest) deepest = depth;
    if (depth < 4) raise(signal);
    depth--;
}

int main(void) {
    char here;
    for (int i = SIGRTMIN; i <= SIGRTMIN + 5; i++) CHECK(signal(i, handler) != SIG_ERR);
    CHECK(raise(SIGRTMIN) == 0);
    CHECK(depth == 0 && deepest == 6);
    deepest = 0;
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = again, .sa_flags = SA_NODEFER}, NULL) == 0);
    CHECK(raise(SIGUSR1) == 0);
    CHECK(depth == 0 && deepest == 4);
    printf("stack at %p\n", (void *)&here);
    return guest_success();
}
