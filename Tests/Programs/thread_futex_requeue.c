// FUTEX_CMP_REQUEUE moves sleepers from one word to another, which then are woken one by one.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

enum { count = 5 };
static volatile int first, second, woken;
static volatile pid_t ids[count];

static void *work(void *argument) {
    ids[(intptr_t)argument] = gettid();
    while (syscall(SYS_futex, &first, FUTEX_WAIT_PRIVATE, 0, NULL, NULL, 0) == -1) CHECK(errno == EINTR);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

int main(void) {
    pthread_t threads[count];
    for (intptr_t i = 0; i < count; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < count; i++) {
        while (ids[i] == 0) sched_yield();
        guest_await_state(getpid(), ids[i], 'S');
    }
    CHECK(syscall(SYS_futex, &first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 10, &second, 7) == -1 && errno == EAGAIN);
    CHECK(syscall(SYS_futex, &first, FUTEX_CMP_REQUEUE_PRIVATE, 1, 10, &second, 0) == count);
    CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_PRIVATE, 10, NULL, NULL, 0) == 0);
    for (int i = 1; i < count; i++) {
        while (woken < i) sched_yield();
        CHECK(syscall(SYS_futex, &second, FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 1);
    }
    for (int i = 0; i < count; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(woken == count);
    printf("woken %d, %d, %d, %d, %d\n", ids[0], ids[1], ids[2], ids[3], ids[4]);
    return guest_success();
}
