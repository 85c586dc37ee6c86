// A read-write lock: writers change two words that readers must always see equal.
// libs: -lpthread
#include "compete.h"

static pthread_rwlock_t lock = PTHREAD_RWLOCK_INITIALIZER;
static volatile uint64_t a, b;
static uint64_t seen[5];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(5);
    for (int i = 0; i < 200; i++) {
        if (own < 2) {
            CHECK(pthread_rwlock_wrlock(&lock) == 0);
            a = a + (uint64_t)own + 1;
            for (volatile int k = 0; k < 20000; k++) continue;
            b = b + (uint64_t)own + 1;
        } else {
            bool tries = own == 4 && i % 3 == 0;
            while ((tries ? pthread_rwlock_tryrdlock(&lock) : pthread_rwlock_rdlock(&lock)) != 0) {
                CHECK(tries);
                sched_yield();
            }
            CHECK(a == b);
            seen[own] = seen[own] * 31 + a;
        }
        CHECK(pthread_rwlock_unlock(&lock) == 0);
    }
    return NULL;
}

int main(void) {
    run_threads(5, work);
    CHECK(a == 600 && b == 600);
    printf("%016lx %016lx %016lx\n", seen[2], seen[3], seen[4]);
    return guest_success();
}
