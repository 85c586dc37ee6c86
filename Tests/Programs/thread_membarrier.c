// Two threads take turns by Dekker's algorithm without a fence on the fast side; membarrier on the other one makes up.
// libs: -lpthread
#include "compete.h"

#include <linux/membarrier.h>

static volatile int fast_in, slow_in;
static volatile uint64_t value;
static uint64_t entered[2];

static void heavy(void) {
    if (syscall(SYS_membarrier, MEMBARRIER_CMD_PRIVATE_EXPEDITED, 0, 0) != 0) __sync_synchronize();
}

static void *work(void *argument) {
    await_threads(2);
    if (argument == NULL) {
        for (int i = 0; i < 300000; i++) {
            fast_in = 1;
            __asm__ volatile("" ::: "memory");
            if (slow_in == 0) {
                value = value + 1;
                entered[0]++;
            }
            fast_in = 0;
        }
    } else {
        for (int i = 0; i < 300; i++) {
            slow_in = 1;
            heavy();
            if (fast_in == 0) {
                value = value + 1;
                entered[1]++;
            }
            __sync_synchronize();
            slow_in = 0;
        }
    }
    return NULL;
}

int main(void) {
    // Where there is no membarrier, or it is refused, the turns are taken by threads that do not overlap.
    bool can = syscall(SYS_membarrier, MEMBARRIER_CMD_REGISTER_PRIVATE_EXPEDITED, 0, 0) == 0;
    if (can) {
        run_threads(2, work);
        CHECK(value == entered[0] + entered[1]);
    }
    printf("entered %lu and %lu times\n", entered[0], entered[1]);
    return guest_success();
}
