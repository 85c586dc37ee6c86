// SA_RESETHAND: the first tick in a child's busy loop is handled, the second one kills it.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t *turns;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    turns[1] = turns[0] + 1;
}

int main(void) {
    turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turns != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESETHAND}, NULL) == 0);
        CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 15000}, {0, 15000}}, NULL) == 0);
        for (;;) ++*turns;
    }
    CHECK(guest_wait_signal(child) == SIGALRM && turns[1] > 0);
    printf("handled before %lu, died at %lu\n", turns[1], turns[0]);
    return guest_success();
}
