// A timer's handler comes while rep instructions run, perhaps in the middle: then it sees how much of them is left.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

enum { size = 32 << 20 };
static volatile int ticks, within;
static uint64_t digest;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGALRM && info != NULL);
    gregset_t *registers = &((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *code = (const unsigned char *)(*registers)[REG_RIP];
    ticks++;
    if (code[0] != 0xf2 || code[1] != 0xae) return;
    digest = digest * 31 + (uint64_t)(*registers)[REG_RCX];
    within++;
}

int main(void) {
    char *bytes = calloc(1, size);
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    int rounds = 0;
    for (; within < 3 && rounds < 30; rounds++) {
        size_t count = size;
        void *at = bytes;
        __asm__ volatile("repne scasb" : "+D"(at), "+c"(count) : "a"(1) : "memory", "cc");
        CHECK(count == 0 && at == bytes + size);
    }
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    printf("%d rounds, %d ticks, %016lx\n", rounds, ticks, digest);
    return guest_success();
}
