// Destructors of thread specific data set other keys' values, in threads that return, exit and are cancelled.
// libs: -lpthread
#include "compete.h"

static pthread_key_t keys[3];
static uint64_t calls, order;

static void destroy(void *value) {
    uintptr_t left = (uintptr_t)value;
    __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    __atomic_store_n(&order, order * 31 + left, __ATOMIC_SEQ_CST);
    if (left > 1) CHECK(pthread_setspecific(keys[left % 3], (void *)(left - 1)) == 0);
}

static void *work(void *argument) {
    CHECK(pthread_setspecific(keys[0], (void *)3) == 0);
    if (argument == (void *)1) pthread_exit(NULL);
    if (argument == (void *)2) {
        CHECK(pthread_cancel(pthread_self()) == 0);
        pthread_testcancel();
    }
    return NULL;
}

int main(void) {
    for (int i = 0; i < 3; i++) CHECK(pthread_key_create(&keys[i], destroy) == 0);
    run_threads(3, work);
    CHECK(calls == 9);
    printf("order %016lx\n", order);
    return guest_success();
}
