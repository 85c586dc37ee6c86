// futex_waitv sleeps on three words at once and says which one was woken, where the kernel has it.
// libs: -lpthread
#include "compete.h"

#include <linux/futex.h>

#ifndef SYS_futex_waitv
#define SYS_futex_waitv 449
#endif

static volatile uint32_t words[3];
static volatile int round_now = -1;
static pid_t waiter;
static bool missing;

static void *wake(void *argument) {
    for (int i = 0; i < 6; i++) {
        while (round_now != i && !missing) sched_yield();
        if (missing) break;
        guest_await_state(getpid(), waiter, 'S');
        words[i % 3]++;
        while (syscall(SYS_futex, &words[i % 3], FUTEX_WAKE_PRIVATE, 1, NULL, NULL, 0) == 0 && round_now == i)
            sched_yield();
    }
    return argument;
}

int main(void) {
    struct {
        uint64_t value, address;
        uint32_t flags, reserved;
    } waits[3];
    pthread_t thread;
    waiter = gettid();
    missing = syscall(SYS_futex_waitv, NULL, 0, 0, NULL, 0) == -1 && errno == ENOSYS;
    CHECK(pthread_create(&thread, NULL, wake, NULL) == 0);
    for (int i = 0; i < 6 && !missing; i++) {
        for (int k = 0; k < 3; k++) {
            waits[k].value = words[k], waits[k].address = (uintptr_t)&words[k];
            waits[k].flags = 2 | FUTEX_PRIVATE_FLAG, waits[k].reserved = 0;
        }
        round_now = i;
        long result = syscall(SYS_futex_waitv, waits, 3, 0, NULL, 0);
        CHECK(result == i % 3 || (result == -1 && errno == EAGAIN));
        CHECK(words[i % 3] == (uint32_t)i / 3 + 1);
    }
    round_now = 6;
    CHECK(pthread_join(thread, NULL) == 0);
    printf("%s in %d\n", missing ? "not here" : "woken", waiter);
    return guest_success();
}
