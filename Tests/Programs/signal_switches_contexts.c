// Threads without the kernel: a timer's handler changes over between three computing contexts by swapcontext.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

static ucontext_t contexts[3], finish;
static volatile int current, switches;
static volatile uint64_t counters[3];
static uint64_t order;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    if (switches == 12) return;
    switches++;
    int before = current;
    current = (before + 1) % 3;
    for (int i = 0; i < 3; i++) order = order * 31 + counters[i];
    CHECK(swapcontext(&contexts[before], &contexts[current]) == 0);
}

static void work(int own) {
    while (switches < 12) counters[own] += 1 + (uint64_t)own;
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(getcontext(&contexts[i]) == 0);
        contexts[i].uc_stack.ss_sp = malloc(65536), contexts[i].uc_stack.ss_size = 65536;
        contexts[i].uc_link = &finish;
        makecontext(&contexts[i], (void (*)(void))work, 1, i);
    }
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 6000}, {0, 6000}}, NULL) == 0);
    CHECK(swapcontext(&finish, &contexts[0]) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    printf("%lu, %lu, %lu; %016lx\n", counters[0], counters[1], counters[2], order);
    return guest_success();
}
