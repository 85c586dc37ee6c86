// sched_getaffinity, sched_setaffinity, getcpu, sched_yield, priorities: the program sees its own settings.
#include "guest.h"

#include <sys/resource.h>
#include <unistd.h>

int main(void) {
    cpu_set_t all, one, now;
    CHECK(sched_getaffinity(0, sizeof all, &all) == 0 && CPU_COUNT(&all) >= 1);
    int last = -1;
    for (int i = 0; i < CPU_SETSIZE; i++)
        if (CPU_ISSET(i, &all)) last = i;
    CPU_ZERO(&one);
    CPU_SET(last, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(sched_getaffinity(0, sizeof now, &now) == 0 && CPU_EQUAL(&one, &now));
    CHECK(sched_setaffinity(0, sizeof all, &all) == 0);
    unsigned processor = ~0u, node = ~0u;
    CHECK(getcpu(&processor, &node) == 0 && processor < CPU_SETSIZE);
    CHECK(sched_yield() == 0);
    CHECK(sched_getscheduler(0) == SCHED_OTHER);
    errno = 0;
    int nice_before = getpriority(PRIO_PROCESS, 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        pause();
        _exit(0);
    }
    CHECK(errno == 0 && setpriority(PRIO_PROCESS, 0, nice_before + 1) == 0);
    CHECK(getpriority(PRIO_PROCESS, 0) == nice_before + 1 || nice_before == 19);
    CHECK(getpriority(PRIO_PROCESS, (id_t)child) == nice_before);
    CHECK(kill(child, SIGKILL) == 0 && guest_wait_signal(child) == SIGKILL);
    CHECK(setpriority(PRIO_PROCESS, (id_t)child, nice_before + 1) == -1 && errno == ESRCH);
    printf("%d processors, on %u of node %u, %ld online, pid %d\n", CPU_COUNT(&all), processor, node,
           sysconf(_SC_NPROCESSORS_ONLN), getpid());
    return guest_success();
}
