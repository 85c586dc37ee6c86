// Four threads add to one counter by lock xadd; which values each of them got shows in the output.
// libs: -lpthread
#include "compete.h"

static uint64_t counter, seen[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(4);
    for (int i = 0; i < 1000000; i++) seen[own] = seen[own] * 31 + __atomic_fetch_add(&counter, 1, __ATOMIC_RELAXED);
    return NULL;
}

int main(void) {
    run_threads(4, work);
    CHECK(counter == 4000000);
    for (int i = 0; i < 4; i++) printf("thread %d saw %016lx\n", i, seen[i]);
    return guest_success();
}
