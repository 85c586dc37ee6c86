// tgkill to a blocked thread runs the handler in that thread; pthread_kill to an ended id fails.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static volatile pid_t handler_tid, thread_tid;
static int never[2];

static void handler(int signal) {
    (void)signal;
    handler_tid = gettid();
}

static void *block(void *argument) {
    int *ready = argument;
    thread_tid = gettid();
    guest_signal(ready[1]);
    char byte;
    CHECK(read(never[0], &byte, 1) == -1 && errno == EINTR);
    CHECK(handler_tid == gettid());
    return NULL;
}

int main(void) {
    int ready[2];
    CHECK(pipe(never) == 0 && pipe(ready) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, block, ready) == 0);
    guest_await(ready[0]);
    guest_await_state(getpid(), thread_tid, 'S');
    guest_sleep_ms(5);
    CHECK(syscall(SYS_tgkill, getpid(), thread_tid, SIGUSR1) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(handler_tid == thread_tid && handler_tid != gettid());
    CHECK(syscall(SYS_tgkill, getpid(), thread_tid, SIGUSR1) == -1 && errno == ESRCH);
    printf("handled by %d of %d\n", handler_tid, getpid());
    return guest_success();
}
