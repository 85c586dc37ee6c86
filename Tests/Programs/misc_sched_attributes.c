// sched_setattr: what it refuses, and the size that it then stores although it fails.
#include "guest.h"

#include <sys/resource.h>

struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t least, most;
    uint64_t later[8];
};

static void set(int error, struct attributes attributes, pid_t pid, unsigned flags) {
    uint32_t size = attributes.size;
    errno = 0;
    long result = syscall(SYS_sched_setattr, pid, &attributes, flags);
    printf("%ld errno %d size %u\n", result, errno, attributes.size);
    CHECK(errno == error && result == (error ? -1 : 0));
    CHECK(error == E2BIG ? attributes.size >= 56 && attributes.size < sizeof attributes : attributes.size == size);
}

int main(void) {
    struct attributes good = {.size = 48, .policy = SCHED_BATCH, .nice = 3}, bad = good;
    set(0, good, 0, 0);
    CHECK(getpriority(PRIO_PROCESS, 0) == 3);
    bad.size = 0;
    set(0, bad, 0, 0);
    for (uint32_t size = 8; size < 48; size += 13) {
        bad.size = size;
        set(E2BIG, bad, 0, 0);
    }
    bad.size = 47;
    errno = 0;
    CHECK(syscall(SYS_sched_setattr, 0, &bad, 0) == -1 && errno == E2BIG && bad.size >= 56);
    bad = good;
    bad.size = sizeof bad;
    set(0, bad, 0, 0);
    bad.later[7] = 1;
    set(E2BIG, bad, 0, 0);
    bad.size = 5000;
    set(E2BIG, bad, 0, 0);
    bad = good;
    bad.flags = 1 << 20;
    set(EINVAL, bad, 0, 0);
    bad = good;
    bad.policy = 4;
    set(EINVAL, bad, 0, 0);
    bad.policy = 0x80000000;
    set(EINVAL, bad, 0, 0);
    bad = good;
    bad.priority = 5;
    set(EINVAL, bad, 0, 0);
    bad.policy = SCHED_FIFO, bad.priority = 100;
    set(EINVAL, bad, 0, 0);
    set(EINVAL, good, 0, 1);
    set(EINVAL, good, -1, 0);
    CHECK(syscall(SYS_sched_setattr, 0, NULL, 0) == -1 && errno == EINVAL);
    CHECK(syscall(SYS_sched_setattr, 0, (void *)8, 0) == -1 && errno == EFAULT);
    return guest_success();
}
