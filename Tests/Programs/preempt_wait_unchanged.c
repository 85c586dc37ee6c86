// Busy waiting in a loop that changes neither registers nor memory: no turn of it differs from another.
// libs: -lpthread
#include "compete.h"

static volatile int flag;
static volatile uint64_t value = 1;

static void *work(void *argument) {
    for (int i = 0; i < 10000000; i++) value = value * 6364136223846793005 + 1;
    flag = 1;
    return argument;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    __asm__ volatile("1: cmpl $0, (%0); je 1b" ::"r"(&flag) : "memory", "cc");
    uint64_t seen = value;
    CHECK(pthread_join(thread, NULL) == 0 && seen == value);
    printf("%016lx by %d\n", seen, getpid());
    return guest_success();
}
