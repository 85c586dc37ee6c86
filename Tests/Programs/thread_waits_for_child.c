// A child forked by one thread is waited for by another; __WNOTHREAD refuses that.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static int go[2], hold[2];
static volatile pid_t child;

static void *make_child(void *argument) {
    child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(15);
    guest_signal(go[1]);
    guest_await(hold[0]);
    return argument;
}

int main(void) {
    pthread_t thread;
    int status;
    CHECK(pipe(go) == 0 && pipe(hold) == 0);
    CHECK(pthread_create(&thread, NULL, make_child, NULL) == 0);
    guest_await(go[0]);
    CHECK(waitpid(child, &status, __WNOTHREAD) == -1 && errno == ECHILD);
    CHECK(guest_wait_exit(child) == 15);
    guest_signal(hold[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("child %d\n", child);
    return guest_success();
}
