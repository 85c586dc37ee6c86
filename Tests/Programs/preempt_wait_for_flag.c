// The main thread is busy waiting for a flag that another thread sets after some computation.
// libs: -lpthread
#include "compete.h"

static volatile bool flag;
static volatile uint64_t value = 1;

static void *work(void *argument) {
    for (int i = 0; i < 10000000; i++) value = value * 6364136223846793005 + 1;
    flag = true;
    return argument;
}

int main(void) {
    pthread_t thread;
    uint64_t spins = 0;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    while (!flag) spins++;
    CHECK(pthread_join(thread, NULL) == 0);
    printf("spun %lu times for %016lx\n", spins, value);
    return guest_success();
}
