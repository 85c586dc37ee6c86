// An alarm without a handler kills a computing program.
// expect-signal: SIGALRM
#include "guest.h"

#include <sys/time.h>

int main(void) {
    volatile uint64_t value = guest_random();
    printf("%016lx\n", value);
    guest_success();
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 0}, {0, 30000}}, NULL) == 0);
    for (;;) value = value * 6364136223846793005 + 1;
}
