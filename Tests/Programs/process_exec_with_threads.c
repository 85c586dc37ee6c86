// An exec by the leader ends the other threads, which block in read, futex and nanosleep.
// libs: -lpthread
// without-thread: counts its threads
#include "guest.h"

#include <pthread.h>
#include <semaphore.h>

static int never[2];
static sem_t never_posted;
static pthread_barrier_t started;

static void *block(void *argument) {
    pthread_barrier_wait(&started);
    char byte;
    switch ((intptr_t)argument) {
    case 0: CHECK(read(never[0], &byte, 1) != 1); break;
    case 1: sem_wait(&never_posted); break;
    default: guest_sleep_ms(100000);
    }
    CHECK(!"unblocked");
}

int main(int argc, char **argv) {
    if (argc == 2) {
        CHECK(atoi(argv[1]) == getpid());
        struct stat tasks;
        CHECK(stat("/proc/self/task", &tasks) == 0 && tasks.st_nlink == 3);  // ".", ".." and one thread.
        printf("alone in %d\n", getpid());
        return guest_success();
    }
    CHECK(pipe(never) == 0);
    CHECK(sem_init(&never_posted, 0, 0) == 0);
    CHECK(pthread_barrier_init(&started, NULL, 4) == 0);
    pthread_t thread;
    for (intptr_t i = 0; i < 3; i++) CHECK(pthread_create(&thread, NULL, block, (void *)i) == 0);
    pthread_barrier_wait(&started);
    char pid[16];
    snprintf(pid, sizeof pid, "%d", getpid());
    execl("/proc/self/exe", "again", pid, (char *)NULL);
    CHECK(!"exec returned");
}
