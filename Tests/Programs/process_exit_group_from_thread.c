// exit_group by a thread ends the leader, which is blocked in read.
// expect-exit: 9
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *leave(void *argument) {
    (void)argument;
    guest_await_state(getpid(), getpid(), 'S');
    printf("thread %d ends process %d\n", gettid(), getpid());
    guest_success();
    syscall(SYS_exit_group, 9);
    return NULL;
}

int main(void) {
    int never[2];
    char byte;
    CHECK(pipe(never) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, leave, NULL) == 0);
    CHECK(read(never[0], &byte, 1) != 1);
    CHECK(!"read returned");
}
