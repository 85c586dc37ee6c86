// Threads still blocked when main returns end with the process.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static int never[2];

static void *block(void *argument) {
    char byte;
    guest_signal(*(int *)argument);
    CHECK(read(never[0], &byte, 1) && !"read returned");
    return NULL;
}

int main(void) {
    int ready[2];
    pthread_t thread;
    CHECK(pipe(never) == 0 && pipe(ready) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(pthread_create(&thread, NULL, block, &ready[1]) == 0);
        guest_await(ready[0]);
    }
    printf("%d leaves %lx behind\n", getpid(), thread);
    return guest_success();
}
