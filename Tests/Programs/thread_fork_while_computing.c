// A fork while another thread computes: in the child that thread's counter stands still.
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns;
static volatile bool done;

static void *work(void *argument) {
    while (!done) turns++;
    return argument;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    for (int i = 0; i < 4; i++) {
        uint64_t before = turns;
        while (turns == before) sched_yield();
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            before = turns;
            for (volatile int k = 0; k < 3000000; k++) continue;
            CHECK(turns == before);
            printf("forked at %lu\n", before);
            _exit(0);
        }
        CHECK(guest_wait_exit(child) == 0);
    }
    done = true;
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
