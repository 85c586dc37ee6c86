// A thread forks, its child makes a thread of its own.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *in_child(void *argument) {
    CHECK(gettid() != getpid());
    printf("thread %d of child %d\n", gettid(), getpid());
    return argument;
}

static void *work(void *argument) {
    pid_t *child = argument;
    *child = fork();
    CHECK(*child >= 0);
    if (*child == 0) {
        CHECK(gettid() == getpid());
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, in_child, NULL) == 0 && pthread_join(thread, NULL) == 0);
        _exit(9);
    }
    CHECK(guest_wait_exit(*child) == 9);
    return NULL;
}

int main(void) {
    pthread_t thread;
    pid_t child;
    CHECK(pthread_create(&thread, NULL, work, &child) == 0 && pthread_join(thread, NULL) == 0);
    printf("child %d\n", child);
    return guest_success();
}
