// SIGVTALRM of a timer that counts user time alone, while sorting.
#include "guest.h"

#include <sys/time.h>

enum { count = 20000 };
static volatile int ticks, place;
static int seen[5];
static uint32_t numbers[count];

static void handler(int signal) {
    CHECK(signal == SIGVTALRM);
    if (ticks < 5) seen[ticks++] = place;
}

static int compare(const void *a, const void *b) {
    place++;
    return *(const uint32_t *)a < *(const uint32_t *)b ? -1 : *(const uint32_t *)a > *(const uint32_t *)b;
}

int main(void) {
    uint64_t state = guest_random();
    CHECK(sigaction(SIGVTALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_VIRTUAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (ticks < 5) {
        for (int i = 0; i < count; i++) numbers[i] = (uint32_t)((state = state * 6364136223846793005 + 1) >> 32);
        qsort(numbers, count, sizeof *numbers, compare);
    }
    CHECK(setitimer(ITIMER_VIRTUAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 5; i++) printf("tick at %d\n", seen[i]);
    return guest_success();
}
