// pthread_atfork handlers run around a fork in a process of several threads; the child has one.
// libs: -lpthread
// without-thread: counts its threads
#include "guest.h"

#include <pthread.h>

static char trail[8];

static void prepare(void) { strcat(trail, "1"); }
static void in_parent(void) { strcat(trail, "p"); }
static void in_child(void) { strcat(trail, "c"); }

static void *block(void *argument) {
    char byte;
    CHECK(read(*(int *)argument, &byte, 1) == 0);
    return NULL;
}

int main(void) {
    int ends[2];
    pthread_t thread;
    struct stat tasks;
    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, block, &ends[0]) == 0);
    CHECK(pthread_atfork(prepare, in_parent, in_child) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(strcmp(trail, "1c") == 0);
        CHECK(stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3);
        printf("child %d has one thread\n", gettid());
        _exit(0);
    }
    CHECK(strcmp(trail, "1p") == 0);
    CHECK(stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 4);
    CHECK(guest_wait_exit(child) == 0);
    close(ends[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
