// Values that a child queues for a thread that computes: all come, in their order, and each with its sender.
#include "guest.h"

static volatile int count;
static int values[100];
static pid_t child;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)context;
    CHECK(signal == SIGRTMIN + 1 && info->si_code == SI_QUEUE && info->si_pid == child);
    values[count++] = info->si_value.sival_int;
}

int main(void) {
    CHECK(sigaction(SIGRTMIN + 1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    sigset_t set, former;
    sigfillset(&set);
    CHECK(sigprocmask(SIG_BLOCK, &set, &former) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 100; i++) {
            CHECK(sigqueue(getppid(), SIGRTMIN + 1, (union sigval){.sival_int = i}) == 0);
            if (i % 10 == 9) guest_sleep_ms(7);
        }
        _exit(0);
    }
    CHECK(sigprocmask(SIG_SETMASK, &former, NULL) == 0);
    uint64_t turns = 0;
    while (count < 100) turns++;
    CHECK(guest_wait_exit(child) == 0);
    for (int i = 0; i < 100; i++) CHECK(values[i] == i);
    printf("%lu turns\n", turns);
    return guest_success();
}
