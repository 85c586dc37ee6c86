// Queued real time signals are delivered lowest number first, each number in the order of sending.
#include "guest.h"

static volatile int count;
static volatile int numbers[6], values[6];

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(context != NULL && count < 6 && info->si_code == SI_QUEUE);
    numbers[count] = signal - SIGRTMIN;
    values[count++] = info->si_value.sival_int;
}

int main(void) {
    sigset_t set;
    sigemptyset(&set);
    for (int i = 0; i < 3; i++) {
        // All blocked in each handler, so that the handlers run one after another.
        struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO};
        sigfillset(&action.sa_mask);
        CHECK(sigaction(SIGRTMIN + i, &action, NULL) == 0);
        sigaddset(&set, SIGRTMIN + i);
    }
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    static const int order[] = {2, 0, 1, 1, 0, 2};
    int start = (int)(guest_random() & 0xffff);
    for (int i = 0; i < 6; i++)
        CHECK(sigqueue(getpid(), SIGRTMIN + order[i], (union sigval){.sival_int = start + i}) == 0);
    CHECK(sigprocmask(SIG_UNBLOCK, &set, NULL) == 0);
    // The kernel pushes a frame for each before the first handler starts, so the last pushed runs first: with all
    // signals blocked by sa_mask it pushes one at a time, lowest number first.
    static const int expected[] = {0, 0, 1, 1, 2, 2}, sent[] = {1, 4, 2, 3, 0, 5};
    CHECK(count == 6);
    for (int i = 0; i < 6; i++) {
        CHECK(numbers[i] == expected[i] && values[i] == start + sent[i]);
        printf("%d: %d\n", numbers[i], values[i]);
    }
    return guest_success();
}
