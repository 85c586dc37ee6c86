// A handler that leaves by siglongjmp restores the mask; longjmp through 100 signals leaks nothing.
#include "guest.h"

#include <setjmp.h>

static sigjmp_buf escape;

static void handler(int signal) { siglongjmp(escape, signal); }

int main(void) {
    CHECK(signal(SIGUSR1, handler) != SIG_ERR && signal(SIGSEGV, handler) != SIG_ERR);
    volatile int jumps = 0;
    for (volatile int i = 0; i < 100; i++) {
        int caught = sigsetjmp(escape, 1);
        if (caught == 0) {
            if (i % 2) raise(SIGUSR1);
            *(volatile int *)8 = 1;
        }
        CHECK(caught == (i % 2 ? SIGUSR1 : SIGSEGV));
        jumps++;
    }
    sigset_t now;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0 && !sigismember(&now, SIGUSR1) && !sigismember(&now, SIGSEGV));
    printf("%d jumps to %p\n", jumps, (void *)&escape);
    return guest_success();
}
