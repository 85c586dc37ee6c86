// Several threads sleep in calls with one and the same array of buffers, which is read-only: nobody changes it.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <sys/socket.h>

enum { THREADS = 3 };
static char first[8], second[8];
static const struct iovec vector[] = {{first, 8}, {second, 8}};
static int pipes[THREADS][2];
static volatile int asleep;

static void *reader(void *argument) {
    int index = (int)(intptr_t)argument;
    __sync_fetch_and_add(&asleep, 1);
    if (index % 2 == 0) {
        CHECK(readv(pipes[index][0], vector, 2) == 16);
    } else {
        struct msghdr header = {.msg_iov = (struct iovec *)vector, .msg_iovlen = 2};
        CHECK(recvmsg(pipes[index][0], &header, 0) == 16);
        CHECK(header.msg_iov == vector && header.msg_iovlen == 2);
    }
    CHECK(vector[0].iov_base == first && vector[1].iov_base == second);
    printf("%d %.8s %.8s\n", index, first, second);
    return NULL;
}

int main(void) {
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) {
        CHECK(i % 2 == 0 ? pipe(pipes[i]) == 0 : socketpair(AF_UNIX, SOCK_STREAM, 0, pipes[i]) == 0);
        CHECK(pthread_create(&threads[i], NULL, reader, (void *)(intptr_t)i) == 0);
    }
    while (asleep < THREADS) guest_sleep_ms(1);
    guest_sleep_ms(5);
    for (int i = 0; i < THREADS; i++) {
        CHECK(vector[0].iov_base == first && vector[1].iov_base == second);
        char text[17];
        snprintf(text, sizeof text, "%016lx", guest_random());
        CHECK(write(pipes[i][1], text, 16) == 16);
        CHECK(pthread_join(threads[i], NULL) == 0);
        CHECK(memcmp(first, text, 8) == 0 && memcmp(second, text + 8, 8) == 0);
    }
    return guest_success();
}
