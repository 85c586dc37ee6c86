// FUTEX_WAKE_BITSET wakes those whose bits are meant; waits with absolute time-outs on either clock.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

static volatile int word, woken;
static volatile pid_t ids[4];
static volatile int order[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    ids[own] = gettid();
    while (syscall(SYS_futex, &word, FUTEX_WAIT_BITSET_PRIVATE, 0, NULL, NULL, 1 << own) == -1) CHECK(errno == EINTR);
    order[__atomic_fetch_add(&woken, 1, __ATOMIC_SEQ_CST)] = (int)own;
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 4; i++) {
        while (ids[i] == 0) sched_yield();
        guest_await_state(getpid(), ids[i], 'S');
    }
    CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1 << 2) == 1);
    CHECK(pthread_join(threads[2], NULL) == 0 && woken == 1);
    CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1 << 2) == 0);
    CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, 1 << 0) == 1);
    CHECK(pthread_join(threads[0], NULL) == 0 && woken == 2);
    CHECK(syscall(SYS_futex, &word, FUTEX_WAKE_BITSET_PRIVATE, 10, NULL, NULL, FUTEX_BITSET_MATCH_ANY) == 2);
    CHECK(pthread_join(threads[1], NULL) == 0 && pthread_join(threads[3], NULL) == 0);
    CHECK(order[0] == 2 && order[1] == 0);
    static const clockid_t clocks[] = {CLOCK_MONOTONIC, CLOCK_REALTIME};
    for (int i = 0; i < 2; i++) {
        struct timespec end;
        CHECK(clock_gettime(clocks[i], &end) == 0);
        end.tv_nsec += 2000000;
        if (end.tv_nsec >= 1000000000) end.tv_sec++, end.tv_nsec -= 1000000000;
        int operation = FUTEX_WAIT_BITSET_PRIVATE | (i == 1 ? FUTEX_CLOCK_REALTIME : 0);
        CHECK(syscall(SYS_futex, &word, operation, 0, &end, NULL, 1) == -1 && errno == ETIMEDOUT);
    }
    printf("then %d and %d\n", order[2], order[3]);
    return guest_success();
}
