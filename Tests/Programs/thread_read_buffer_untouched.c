// While one thread is blocked in read, another stores around and into its buffer: nothing arrives early, and the read
// writes only what it read.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static int data[2];
static volatile pid_t reader;
static char buffer[64];

static void *block(void *argument) {
    (void)argument;
    reader = gettid();
    ssize_t count = read(data[0], buffer + 8, 48);
    CHECK(count == 16);
    return NULL;
}

int main(void) {
    char text[17];
    for (int round = 0; round < 5; round++) {
        snprintf(text, sizeof text, "%016lx", guest_random());
        memset(buffer, '.', sizeof buffer);
        CHECK(pipe(data) == 0);
        pthread_t thread;
        reader = 0;
        CHECK(pthread_create(&thread, NULL, block, NULL) == 0);
        while (reader == 0) guest_sleep_ms(1);
        guest_await_state(getpid(), reader, 'S');
        guest_sleep_ms(1);
        for (int i = 0; i < 64; i++) CHECK(((volatile char *)buffer)[i] == '.');
        memset(buffer, '-', 12);
        buffer[40] = '+';
        CHECK(write(data[1], text, 16) == 16);
        CHECK(pthread_join(thread, NULL) == 0);
        CHECK(memcmp(buffer, "--------", 8) == 0 && memcmp(buffer + 8, text, 16) == 0);
        CHECK(buffer[24] == '.' && buffer[40] == '+' && buffer[63] == '.');
        printf("%.64s\n", buffer);
    }
    return guest_success();
}
