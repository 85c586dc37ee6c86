// 1500 short threads in batches of 25, each of which adds its id.
// libs: -lpthread
#include "compete.h"

static uint64_t sum;

static void *work(void *argument) {
    __atomic_add_fetch(&sum, (uint64_t)gettid() * ((uintptr_t)argument + 1), __ATOMIC_SEQ_CST);
    return NULL;
}

int main(void) {
    for (int batch = 0; batch < 60; batch++) run_threads(25, work);
    printf("%lu\n", sum);
    return guest_success();
}
