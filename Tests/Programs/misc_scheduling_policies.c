// Scheduling policies: what is asked for is there afterwards, and what is wrong is refused.
#include "guest.h"
#include <sched.h>
#include <sys/resource.h>

#define FAILS(call, error) CHECK((call) == -1 && errno == (error))

struct attributes {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t minimum, maximum;
    char more[32];
};

int main(void) {
    struct sched_param none = {0}, some = {5};
    FAILS(sched_setscheduler(0, 99, &none), EINVAL);
    FAILS(sched_setscheduler(0, -1, &none), EINVAL);
    FAILS(sched_setscheduler(0, SCHED_OTHER, NULL), EINVAL);
    FAILS(sched_setscheduler(0, SCHED_OTHER, (void *)8), EFAULT);
    FAILS(sched_setscheduler(0, SCHED_OTHER, &some), EINVAL);
    FAILS(sched_setscheduler(0, SCHED_FIFO, &none), EINVAL);
    FAILS(sched_setscheduler(-1, SCHED_OTHER, &none), EINVAL);
    FAILS(sched_setscheduler(4194304, SCHED_OTHER, &none), ESRCH);
    FAILS(sched_setparam(0, &some), EINVAL);
    FAILS(sched_setparam(0, (void *)8), EFAULT);
    CHECK(sched_setparam(0, &none) == 0);

    CHECK(sched_setscheduler(0, SCHED_BATCH, &none) == 0);
    CHECK(sched_getscheduler(0) == SCHED_BATCH);
    CHECK(sched_setparam(getpid(), &none) == 0);
    CHECK(sched_getscheduler(getpid()) == SCHED_BATCH);
    some.sched_priority = 7;
    CHECK(sched_getparam(0, &some) == 0 && some.sched_priority == 0);
    pid_t child = fork();
    if (child == 0) _exit(sched_getscheduler(0));
    CHECK(guest_wait_exit(child) == SCHED_BATCH);

    struct attributes wanted = {.size = 48, .policy = SCHED_OTHER};
    CHECK(syscall(SYS_sched_setattr, 0, &wanted, 0) == 0);
    CHECK(sched_getscheduler(0) == SCHED_OTHER);
    FAILS(syscall(SYS_sched_setattr, 0, &wanted, 1), EINVAL);
    FAILS(syscall(SYS_sched_setattr, 0, NULL, 0), EINVAL);
    FAILS(syscall(SYS_sched_setattr, 0, (void *)8, 0), EFAULT);
    wanted.policy = 77;
    FAILS(syscall(SYS_sched_setattr, 0, &wanted, 0), EINVAL);
    wanted.policy = 0;
    wanted.size = 47;
    FAILS(syscall(SYS_sched_setattr, 0, &wanted, 0), E2BIG);
    printf("its size is %u\n", wanted.size);
    wanted.size = sizeof wanted;
    wanted.more[20] = 1;
    FAILS(syscall(SYS_sched_setattr, 0, &wanted, 0), E2BIG);
    printf("its size is %u\n", wanted.size);

    FAILS(setpriority(3, 0, 0), EINVAL);
    FAILS(setpriority(PRIO_PROCESS, 4194304, 0), ESRCH);
    CHECK(setpriority(PRIO_PROCESS, 0, 3) == 0);
    CHECK(getpriority(PRIO_PROCESS, 0) == 3);
    return guest_success();
}
