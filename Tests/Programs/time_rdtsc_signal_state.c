// rdtsc works with SIGSEGV blocked, ignored or handled, and changes neither mask nor disposition nor calls a handler.
#include "guest.h"

static void handler(int signal) {
    (void)signal;
    CHECK(!"the handler was called");
}

static uint64_t rdtsc(void) {
    uint32_t low, high;
    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
    return (uint64_t)high << 32 | low;
}

static void check_state(bool blocked, void (*disposition)(int)) {
    sigset_t set;
    struct sigaction action;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &set) == 0 && sigismember(&set, SIGSEGV) == blocked);
    CHECK(sigaction(SIGSEGV, NULL, &action) == 0 && action.sa_handler == disposition);
}

int main(void) {
    sigset_t set;
    sigemptyset(&set), sigaddset(&set, SIGSEGV);
    void (*dispositions[])(int) = {SIG_DFL, SIG_IGN, handler};
    for (int blocked = 0; blocked < 2; blocked++)
        for (int i = 0; i < 3; i++) {
            CHECK(sigprocmask(blocked ? SIG_BLOCK : SIG_UNBLOCK, &set, NULL) == 0);
            CHECK(signal(SIGSEGV, dispositions[i]) != SIG_ERR);
            uint64_t first = rdtsc(), second = rdtsc();
            check_state(blocked, dispositions[i]);
            CHECK(second >= first);
            printf("blocked %d, disposition %d: %lx\n", blocked, i, second);
        }
    // A SIGSEGV that is pending, because it is blocked, is not lost either.
    CHECK(signal(SIGSEGV, SIG_DFL) != SIG_ERR && kill(getpid(), SIGSEGV) == 0);
    uint64_t value = rdtsc();
    siginfo_t info;
    check_state(true, SIG_DFL);
    CHECK(sigwaitinfo(&set, &info) == SIGSEGV && info.si_code == SI_USER && info.si_pid == getpid());
    printf("%lx\n", value);
    return guest_success();
}
