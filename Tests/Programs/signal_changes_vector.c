// A loop that waits for an xmm register to change, which only a handler can do, through the frame's vector state.
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>

static uint64_t value;
static volatile bool waits;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGALRM && info != NULL);
    if (!waits) return;
    fpregset_t state = ((ucontext_t *)context)->uc_mcontext.fpregs;
    CHECK(state != NULL);
    memcpy(&state->_xmm[9], &value, sizeof value);
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    for (int round = 0; round < 4; round++) {
        uint64_t seen;
        value = guest_random() | 1;
        __asm__ volatile("pxor %%xmm9, %%xmm9; movb $1, %1; 1: movq %%xmm9, %0; test %0, %0; jz 1b; movb $0, %1"
                         : "=&r"(seen), "=m"(waits)::"xmm9", "cc", "memory");
        CHECK(seen == value);
        printf("%016lx\n", seen);
    }
    return guest_success();
}
