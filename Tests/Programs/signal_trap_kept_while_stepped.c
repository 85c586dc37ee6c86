// Two threads compute, one with SIGTRAP blocked, and are interrupted in string instructions and elsewhere: mask and
// disposition of SIGTRAP stay as they are.
// cflags: -pthread
#include "guest.h"

#include <pthread.h>

static void handler(int signal) { (void)signal; }

static char from[1 << 16], to[2][1 << 16];

static void compute(int thread) {
    for (int round = 0; round < 8000; round++) {
        char *target = to[thread];
        const char *source = from;
        long count = sizeof from;
        __asm__ volatile("rep movsb" : "+D"(target), "+S"(source), "+c"(count) : : "memory");
        for (volatile int i = 0; i < 20000; i++) __asm__ volatile("nop\n nop\n nop" : : : "memory");
    }
}

static void *blocked(void *unused) {
    sigset_t set;
    sigfillset(&set);
    CHECK(pthread_sigmask(SIG_SETMASK, &set, NULL) == 0);
    compute(0);
    CHECK(pthread_sigmask(SIG_SETMASK, NULL, &set) == 0);
    CHECK(sigismember(&set, SIGTRAP) && sigismember(&set, SIGSEGV) && sigismember(&set, SIGUSR1));
    return unused;
}

static void together(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, blocked, NULL) == 0);
    compute(1);
    CHECK(pthread_join(thread, NULL) == 0);
}

int main(void) {
    struct sigaction action;
    CHECK(sigaction(SIGTRAP, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_NODEFER}, NULL) == 0);
    together();
    CHECK(sigaction(SIGTRAP, NULL, &action) == 0);
    CHECK(action.sa_handler == handler && action.sa_flags & SA_NODEFER);
    CHECK(sigaction(SIGTRAP, &(struct sigaction){.sa_handler = SIG_IGN}, NULL) == 0);
    together();
    CHECK(sigaction(SIGTRAP, NULL, &action) == 0);
    CHECK(action.sa_handler == SIG_IGN);
    CHECK(raise(SIGTRAP) == 0);
    return guest_success();
}
