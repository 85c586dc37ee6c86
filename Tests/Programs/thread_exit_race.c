// Two threads end the process at the same time with different statuses, in ten children: one of them wins.
// libs: -lpthread
#include "compete.h"

static void *work(void *argument) {
    await_threads(2);
    for (volatile int i = 0; i < 1000; i++) continue;
    _exit(20 + (int)(intptr_t)argument);
}

int main(void) {
    int sum = 0;
    for (int i = 0; i < 10; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) run_threads(2, work);
        int status = guest_wait_exit(child);
        CHECK(status == 20 || status == 21);
        sum += status - 20;
    }
    printf("the second won %d of 10\n", sum);
    return guest_success();
}
