// A handler on an alternate stack, also after the main stack overflowed.
#include "guest.h"

#include <setjmp.h>
#include <sys/resource.h>

static sigjmp_buf escape;
static char *volatile stack_start;
static volatile size_t stack_size;

static void handler(int signal, siginfo_t *info, void *context) {
    char here;
    (void)info, (void)context;
    CHECK(&here > stack_start && &here < stack_start + stack_size);
    siglongjmp(escape, signal);
}

__attribute__((noinline)) static int overflow(int depth) {
    volatile char frame[4096];
    frame[0] = (char)depth;
    return depth == INT_MAX ? 0 : overflow(depth + 1) + frame[0];
}

int main(void) {
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_STACK, &limit) == 0);
    limit.rlim_cur = 1 << 20;
    CHECK(setrlimit(RLIMIT_STACK, &limit) == 0);
    stack_size = (size_t)sysconf(_SC_SIGSTKSZ) + 16384;
    stack_start = malloc(stack_size);
    stack_t stack = {.ss_sp = stack_start, .ss_size = stack_size}, old;
    CHECK(sigaltstack(&stack, NULL) == 0);
    CHECK(sigaltstack(NULL, &old) == 0 && old.ss_sp == stack_start && old.ss_size == stack_size);
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0 && sigaction(SIGUSR1, &action, NULL) == 0);
    int caught = sigsetjmp(escape, 1);
    if (caught == 0) raise(SIGUSR1);
    CHECK(caught == SIGUSR1);
    caught = sigsetjmp(escape, 1);
    if (caught == 0) CHECK(overflow(0) && !"no overflow");
    CHECK(caught == SIGSEGV);
    printf("alternate stack at %p\n", (void *)stack_start);
    return guest_success();
}
