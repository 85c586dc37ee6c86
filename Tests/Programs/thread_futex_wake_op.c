// FUTEX_WAKE_OP: the kernel changes a word and decides by its old value whom to wake.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

static volatile int first, second = 5, woken;
static volatile pid_t ids[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    ids[own] = gettid();
    volatile int *word = own < 2 ? &first : &second;
    while (syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, own < 2 ? 0 : 5, NULL, NULL, 0) == -1) CHECK(errno == EINTR);
    __atomic_add_fetch(&woken, 1, __ATOMIC_SEQ_CST);
    return NULL;
}

int main(void) {
    pthread_t threads[4];
    for (intptr_t i = 0; i < 4; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < 4; i++) {
        while (ids[i] == 0) sched_yield();
        guest_await_state(getpid(), ids[i], 'S');
    }
    // Adds 10; 5 is not greater than 100, so nobody at the second word wakes.
    int operation = FUTEX_OP(FUTEX_OP_ADD, 10, FUTEX_OP_CMP_GT, 100);
    CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_OP_PRIVATE, 1, 10, &second, operation) == 1 && second == 15);
    // Ors 64; 15 is equal to 15, so all there wake, besides one at the first.
    operation = FUTEX_OP(FUTEX_OP_OR, 64, FUTEX_OP_CMP_EQ, 15);
    CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_OP_PRIVATE, 1, 10, &second, operation) == 3 && second == 79);
    operation = FUTEX_OP(FUTEX_OP_XOR, 65, FUTEX_OP_CMP_NE, 0);
    CHECK(syscall(SYS_futex, &first, FUTEX_WAKE_OP_PRIVATE, 1, 1, &second, operation) == 0 && second == 14);
    for (int i = 0; i < 4; i++) CHECK(pthread_join(threads[i], NULL) == 0);
    CHECK(woken == 4);
    printf("woken %d, %d, %d, %d\n", ids[0], ids[1], ids[2], ids[3]);
    return guest_success();
}
