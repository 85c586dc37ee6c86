// The owner of a robust mutex dies: the next one to lock it learns of it; between threads and between processes.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *take(void *argument) {
    CHECK(pthread_mutex_lock(argument) == 0);
    return NULL;  // Without unlocking.
}

int main(void) {
    pthread_mutexattr_t attributes;
    CHECK(pthread_mutexattr_init(&attributes) == 0);
    CHECK(pthread_mutexattr_setrobust(&attributes, PTHREAD_MUTEX_ROBUST) == 0);
    CHECK(pthread_mutexattr_setpshared(&attributes, PTHREAD_PROCESS_SHARED) == 0);
    pthread_mutex_t *mutex = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(mutex != MAP_FAILED && pthread_mutex_init(mutex, &attributes) == 0);

    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, take, mutex) == 0 && pthread_join(thread, NULL) == 0);
    CHECK(pthread_mutex_lock(mutex) == EOWNERDEAD);
    CHECK(pthread_mutex_consistent(mutex) == 0 && pthread_mutex_unlock(mutex) == 0);

    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        take(mutex);
        guest_signal(ready[1]);
        guest_sleep_ms(5);
        kill(getpid(), SIGKILL);
    }
    guest_await(ready[0]);
    CHECK(pthread_mutex_lock(mutex) == EOWNERDEAD);  // Blocks until the child dies.
    CHECK(pthread_mutex_consistent(mutex) == 0 && pthread_mutex_unlock(mutex) == 0);
    CHECK(guest_wait_signal(child) == SIGKILL);
    printf("%d died with %p\n", child, (void *)mutex);
    return guest_success();
}
