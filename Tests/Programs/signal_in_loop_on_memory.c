// A timer's handler interrupts a loop that changes memory and no register: how far it was shows in the output.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t turns;
static volatile int ticks;
static uint64_t seen[24];

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    seen[ticks++] = turns;
    if (ticks < 24) return;
    for (int i = 0; i < 24; i++) {
        printf("tick at %lu\n", seen[i]);
        CHECK(i == 0 || seen[i] >= seen[i - 1]);
    }
    _exit(guest_success());
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 6000}, {0, 6000}}, NULL) == 0);
    // `test` gives the flags the same values each time.
    __asm__ volatile("1: incq %0\n incq %0\n testl %%eax, %%eax\n jmp 1b" : "+m"(turns) : : "cc", "memory");
    __builtin_unreachable();
}
