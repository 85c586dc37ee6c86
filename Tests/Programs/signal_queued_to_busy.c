// A child queues 32 real time signals with values for its busy parent, which gets all, each number in its order.
#include "guest.h"

static volatile int handled;
static volatile uint64_t turns;
static int next_value[2];
static uint64_t digest;
static pid_t child;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(context != NULL && info->si_code == SI_QUEUE && info->si_pid == child);
    int number = signal - SIGRTMIN;
    CHECK(info->si_value.sival_int == next_value[number]);
    next_value[number]++;
    digest = digest * 31 + turns + (uint64_t)number;
    handled++;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
    sigfillset(&action.sa_mask);
    for (int i = 0; i < 2; i++) CHECK(sigaction(SIGRTMIN + i, &action, NULL) == 0);
    int ends[2];
    CHECK(pipe(ends) == 0 && (child = fork()) >= 0);
    if (child == 0) {
        guest_await(ends[0]);
        for (int i = 0; i < 32; i++) {
            CHECK(sigqueue(getppid(), SIGRTMIN + i % 2, (union sigval){.sival_int = i / 2}) == 0);
            if (i % 5 == 0) guest_sleep_ms(1);
        }
        _exit(0);
    }
    guest_signal(ends[1]);
    while (handled < 32) turns++;
    CHECK(guest_wait_exit(child) == 0);
    printf("%016lx\n", digest);
    return guest_success();
}
