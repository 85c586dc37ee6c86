// The main thread leaves by pthread_exit while detached threads compute; the process ends with the last of them.
// libs: -lpthread
// without-thread: ends when its own threads have ended
#include "compete.h"

static int left = 3;

static void *work(void *argument) {
    volatile uint64_t value = 1;
    for (int i = 0; i < 3000000 * ((intptr_t)argument + 1); i++) value = value * 6364136223846793005 + 1;
    if (__atomic_sub_fetch(&left, 1, __ATOMIC_SEQ_CST) == 0) {
        printf("thread %ld of %d is the last\n", (intptr_t)argument, getpid());
        guest_success();
    }
    return NULL;
}

int main(void) {
    for (intptr_t i = 0; i < 3; i++) {
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, work, (void *)i) == 0 && pthread_detach(thread) == 0);
    }
    pthread_exit(NULL);
}
