// Handlers on an alternate stack interrupt a deep recursion and compute there, too.
#include "guest.h"

#include <sys/time.h>

static volatile int ticks;
static char stack[65536];
static uint64_t seen[5];
static volatile uint64_t calls;

static void handler(int signal) {
    volatile uint64_t local = 0;
    CHECK(signal == SIGALRM && (char *)&local > stack && (char *)&local < stack + sizeof stack);
    for (int i = 0; i < 10000; i++) local = local * 31 + calls;
    if (ticks < 5) seen[ticks++] = local;
}

__attribute__((noinline)) static uint64_t fibonacci(int n) {
    calls++;
    return n < 2 ? (uint64_t)n : fibonacci(n - 1) + fibonacci(n - 2);
}

int main(void) {
    CHECK(sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL) == 0);
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_ONSTACK}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (ticks < 5) CHECK(fibonacci(20) == 6765);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 5; i++) printf("%016lx\n", seen[i]);
    return guest_success();
}
