// CPUID, XGETBV and XSAVE are no signals: they work while SIGSEGV is blocked or ignored, and change neither the mask
// nor the action, which work afterwards.
#include "processor.h"

static void look(uint64_t mask, uint64_t leaves) {
    CHECK(hash_of_leaves() == leaves);
    if (has_xsave()) CHECK(xgetbv(0) == mask);
    unsigned char *code = map_pages(1, PROT_READ | PROT_WRITE);
    memcpy(code, mask_code, sizeof mask_code);
    CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
    if (has_xsave()) CHECK(((mask_function *)(uintptr_t)code)() == mask);
    CHECK(munmap(code, 4096) == 0);
}

int main(void) {
    uint64_t mask = enabled_mask(), leaves = hash_of_leaves();
    sigset_t blocked, now;
    sigemptyset(&blocked);
    sigaddset(&blocked, SIGSEGV), sigaddset(&blocked, SIGUSR2);
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
    look(mask, leaves);
    CHECK(sigprocmask(SIG_BLOCK, NULL, &now) == 0);
    CHECK(sigismember(&now, SIGSEGV) == 1 && sigismember(&now, SIGUSR2) == 1 && sigismember(&now, SIGUSR1) == 0);
    CHECK(sigpending(&now) == 0 && sigismember(&now, SIGSEGV) == 0);
    CHECK(signal(SIGSEGV, SIG_IGN) == SIG_DFL);
    look(mask, leaves);
    CHECK(sigprocmask(SIG_UNBLOCK, &blocked, NULL) == 0);
    look(mask, leaves);
    // It is ignored still: one from another process would do nothing.
    CHECK(kill(getpid(), SIGSEGV) == 0);
    CHECK(signal(SIGSEGV, SIG_DFL) == SIG_IGN);
    handle_by_leaving(SIGSEGV);
    look(mask, leaves);
    struct sigaction action;
    CHECK(sigaction(SIGSEGV, NULL, &action) == 0 && action.sa_sigaction == leave_by_signal);
    CHECK(action.sa_flags & SA_SIGINFO);
    int number = sigsetjmp(before_signal, 1);
    if (number == 0) *(volatile int *)24 = 0;
    CHECK(number == SIGSEGV && signal_address == (void *)24 && signal_code == SEGV_MAPERR);
    // One that is sent while it is blocked stays pending over all that.
    CHECK(sigprocmask(SIG_BLOCK, &blocked, NULL) == 0);
    CHECK(kill(getpid(), SIGSEGV) == 0);
    look(mask, leaves);
    CHECK(sigpending(&now) == 0 && sigismember(&now, SIGSEGV) == 1);
    number = sigsetjmp(before_signal, 1);
    if (number == 0) {
        CHECK(sigprocmask(SIG_UNBLOCK, &blocked, NULL) == 0);
        CHECK(!"the signal was lost");
    }
    CHECK(number == SIGSEGV && signal_code == SI_USER);
    printf("%lx\n", mask);
    return guest_success();
}
