// A handler sends the busy program to a function on another stack, from where a second handler sends it back.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

static volatile uint64_t turns, visits;
static volatile bool away;
static gregset_t kept;
static uint64_t seen[4];
static char stack[65536] __attribute__((aligned(16)));

static void elsewhere(void) {
    volatile char *local = (char[100]){0};
    CHECK(local > stack && local < stack + sizeof stack);
    for (volatile int i = 0; i < 100000; i++) local[i % 100]++;
    raise(SIGUSR1);
    CHECK(!"came back here");
}

static void handler(int signal, siginfo_t *info, void *context) {
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    CHECK(info != NULL);
    if (signal == SIGUSR1) {
        memcpy(registers, &kept, sizeof kept);
        away = false;
    } else if (!away && visits < 4) {
        away = true;
        seen[visits++] = turns;
        memcpy(&kept, registers, sizeof kept);
        (*registers)[REG_RSP] = (greg_t)(stack + sizeof stack - 8);
        (*registers)[REG_RIP] = (greg_t)elsewhere;
    }
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGALRM, &action, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (visits < 4 || away) turns++;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 4; i++) printf("sent away at %lu\n", seen[i]);
    return guest_success();
}
