// While one thread sleeps in poll, another one changes what the kernel only reads there: it keeps what it stored.
// libs: -lpthread
#include "guest.h"

#include <poll.h>
#include <pthread.h>

static int data[2];
static volatile pid_t sleeper;
static struct pollfd entries[3];

static void *poller(void *argument) {
    (void)argument;
    sleeper = gettid();
    CHECK(poll(entries, 3, -1) == 1);
    return NULL;
}

int main(void) {
    CHECK(pipe(data) == 0);
    entries[0] = (struct pollfd){-1, 0, 0};
    entries[1] = (struct pollfd){data[0], POLLIN, 0};
    entries[2] = (struct pollfd){-1, 0, 0};
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, poller, NULL) == 0);
    while (sleeper == 0) guest_sleep_ms(1);
    guest_await_state(getpid(), sleeper, 'S');
    guest_sleep_ms(1);
    int number = (int)(guest_random() & 0xffff);
    entries[0].fd = -number, entries[0].events = POLLOUT;
    entries[2].fd = number, entries[2].events = POLLPRI;
    CHECK(write(data[1], "x", 1) == 1);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(entries[0].fd == -number && entries[0].events == POLLOUT && entries[1].revents == POLLIN);
    CHECK(entries[2].fd == number && entries[2].events == POLLPRI);
    printf("%d %d %d\n", entries[0].fd, entries[1].revents, entries[2].fd);
    return guest_success();
}
