// Unnamed semaphores between threads and between processes, with a time-out; System V semaphores.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <semaphore.h>
#include <sys/sem.h>

static void *post(void *argument) {
    guest_sleep_ms(2);
    CHECK(sem_post(argument) == 0);
    return NULL;
}

int main(void) {
    sem_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED && sem_init(shared, 1, 0) == 0);
    CHECK(sem_trywait(shared) == -1 && errno == EAGAIN);
    struct timespec limit;
    CHECK(clock_gettime(CLOCK_REALTIME, &limit) == 0);
    limit.tv_nsec += 3000000;
    if (limit.tv_nsec >= 1000000000) limit.tv_sec++, limit.tv_nsec -= 1000000000;
    CHECK(sem_timedwait(shared, &limit) == -1 && errno == ETIMEDOUT);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, post, shared) == 0 && sem_wait(shared) == 0);
    CHECK(pthread_join(thread, NULL) == 0);

    int set = semget(IPC_PRIVATE, 2, IPC_CREAT | 0600);
    CHECK(set >= 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(sem_wait(shared) == 0);
        CHECK(semop(set, (struct sembuf[]){{0, 1, 0}, {1, 2, 0}}, 2) == 0);
        _exit(0);
    }
    post(shared);
    CHECK(semop(set, (struct sembuf[]){{0, -1, 0}, {1, -1, 0}}, 2) == 0);
    CHECK(semctl(set, 1, GETVAL) == 1);
    CHECK(semctl(set, 1, GETPID) == getpid());
    CHECK(semctl(set, 0, IPC_RMID) == 0);
    CHECK(guest_wait_exit(child) == 0);
    printf("set %d, child %d\n", set, child);
    return guest_success();
}
