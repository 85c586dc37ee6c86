// recvfrom with a negative length for the address fails with EINVAL when the data have been stored: of one thread, and while
// another one runs.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <sys/socket.h>

static int sockets[2];
static volatile bool isRunning = true;

static void receive(const char *who) {
    char text[32], buffer[64], address[64];
    socklen_t length = (socklen_t)-1;
    int size = snprintf(text, sizeof text, "%016lx", guest_random());
    memset(buffer, '-', sizeof buffer);
    CHECK(send(sockets[1], text, (size_t)size, 0) == size);
    CHECK(recvfrom(sockets[0], buffer, sizeof buffer, 0, (void *)address, &length) == -1 && errno == EINVAL);
    CHECK(memcmp(buffer, text, (size_t)size) == 0);
    printf("%s: %.64s %d\n", who, buffer, (int)length);
    length = sizeof address;
    CHECK(recvfrom(sockets[0], buffer, sizeof buffer, MSG_DONTWAIT, (void *)address, &length) == -1);
    CHECK(errno == EAGAIN);
}

static void *run(void *unused) {
    while (isRunning) sched_yield();
    return unused;
}

int main(void) {
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) == 0);
    receive("one thread");
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    receive("two threads");
    isRunning = false;
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
