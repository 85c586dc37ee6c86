// Bare futexes: wait with a wrong value, a time-out, wake, bitset wake and requeue.
// libs: -lpthread
#include "guest.h"

#include <linux/futex.h>
#include <pthread.h>

static volatile uint32_t word, other;
static volatile pid_t tids[3];
static long results[3];

static long futex(volatile uint32_t *where, int operation, uint32_t value, const void *limit, volatile uint32_t *where2,
                  uint32_t value3) {
    return syscall(SYS_futex, where, operation | FUTEX_PRIVATE_FLAG, value, limit, where2, value3);
}

static void *block(void *argument) {
    intptr_t own = (intptr_t)argument;
    tids[own] = gettid();
    results[own] = futex(&word, FUTEX_WAIT_BITSET, 0, NULL, NULL, 1u << own);
    return NULL;
}

int main(void) {
    CHECK(futex(&word, FUTEX_WAIT, 1, NULL, NULL, 0) == -1 && errno == EAGAIN);
    CHECK(futex(&word, FUTEX_WAIT, 0, &(struct timespec){0, 2000000}, NULL, 0) == -1 && errno == ETIMEDOUT);
    CHECK(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0) == 0);
    pthread_t threads[3];
    for (intptr_t i = 0; i < 3; i++) {
        CHECK(pthread_create(&threads[i], NULL, block, (void *)i) == 0);
        while (tids[i] == 0) guest_sleep_ms(1);
        guest_await_state(getpid(), tids[i], 'S');
    }
    while (futex(&word, FUTEX_WAKE_BITSET, 10, NULL, NULL, 2) == 0) guest_sleep_ms(1);
    CHECK(pthread_join(threads[1], NULL) == 0);
    long moved = 0;
    while ((moved += futex(&word, FUTEX_REQUEUE, 0, (void *)10, &other, 0)) < 2) guest_sleep_ms(1);
    CHECK(moved == 2);
    CHECK(futex(&word, FUTEX_WAKE, 10, NULL, NULL, 0) == 0);
    CHECK(futex(&other, FUTEX_WAKE, 10, NULL, NULL, 0) == 2);
    CHECK(pthread_join(threads[0], NULL) == 0 && pthread_join(threads[2], NULL) == 0);
    for (int i = 0; i < 3; i++) CHECK(results[i] == 0);
    printf("%d %d %d\n", tids[0], tids[1], tids[2]);
    return guest_success();
}
