// pthread_once: eight threads arrive, one runs the routine, which computes, and all see what it made.
// libs: -lpthread
#include "compete.h"

static pthread_once_t onces[10] = {[0 ... 9] = PTHREAD_ONCE_INIT};
static uint64_t made[10], runs, order;
static __thread int now;
static __thread intptr_t own;

static void make(void) {
    uint64_t value = 1;
    for (int i = 0; i < 500000; i++) value = value * 6364136223846793005 + 1;
    made[now] = value + (uint64_t)now;
    order = order * 31 + (uint64_t)own;
    runs++;
}

static void *work(void *argument) {
    own = (intptr_t)argument;
    await_threads(8);
    for (now = 0; now < 10; now++) {
        CHECK(pthread_once(&onces[now], make) == 0);
        CHECK(made[now] == made[0] + (uint64_t)now);
    }
    return NULL;
}

int main(void) {
    run_threads(8, work);
    CHECK(runs == 10);
    printf("made by %016lx\n", order);
    return guest_success();
}
