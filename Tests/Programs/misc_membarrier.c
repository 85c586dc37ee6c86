// membarrier: the commands offered, registration and use, in a process of two threads.
// libs: -lpthread
#include "guest.h"

#include <linux/membarrier.h>
#include <pthread.h>

static void *block(void *argument) {
    guest_await(*(int *)argument);
    return NULL;
}

int main(void) {
    long commands = syscall(SYS_membarrier, MEMBARRIER_CMD_QUERY, 0, 0);
    if (commands == -1) {
        CHECK(errno == ENOSYS || errno == EPERM);
        printf("no membarrier for %d\n", getpid());
        return guest_success();
    }
    int ends[2];
    pthread_t thread;
    CHECK(pipe(ends) == 0 && pthread_create(&thread, NULL, block, &ends[0]) == 0);
    if (commands & MEMBARRIER_CMD_PRIVATE_EXPEDITED) {
        CHECK(syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0);
        CHECK(syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) == 0);
    }
    CHECK(syscall(SYS_membarrier, 1 << 30, 0, 0) == -1 && errno == EINVAL);
    guest_signal(ends[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("commands %lx in %d\n", commands, getpid());
    return guest_success();
}
