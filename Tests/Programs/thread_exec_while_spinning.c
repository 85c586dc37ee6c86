// An exec by a thread that is not the leader, while the leader and two others spin.
// libs: -lpthread
#include "compete.h"

static volatile uint64_t turns[3];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own < 2)
        for (;;) turns[own]++;
    while (turns[0] == 0 || turns[1] == 0 || turns[2] == 0) sched_yield();
    char text[64];
    snprintf(text, sizeof text, "%lu %lu %lu", turns[0], turns[1], turns[2]);
    execl("/proc/self/exe", "again", text, (char *)NULL);
    CHECK(!"exec returned");
    return NULL;
}

int main(int argc, char **argv) {
    if (argc == 2) {
        CHECK(getpid() == gettid());
        printf("pid %d after %s turns\n", getpid(), argv[1]);
        return guest_success();
    }
    pthread_t thread;
    for (intptr_t i = 0; i < 3; i++) CHECK(pthread_create(&thread, NULL, work, (void *)i) == 0);
    for (;;) turns[2]++;
}
