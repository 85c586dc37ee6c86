// The leader thread ends and stays a zombie; the process lives on in another thread and exits from there.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *live_on(void *argument) {
    (void)argument;
    guest_await_state(getpid(), getpid(), 'Z');
    printf("leader %d is dead, %d lives\n", getpid(), gettid());
    exit(guest_success());
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, live_on, NULL) == 0);
    pthread_exit(NULL);
}
