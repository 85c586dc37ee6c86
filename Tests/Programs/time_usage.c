// times, getrusage and clock(): processor time of this process and of its children.
#include "guest.h"

#include <sys/resource.h>
#include <sys/times.h>

int main(void) {
    struct tms used;
    clock_t ticks = times(&used);
    CHECK(ticks != (clock_t)-1);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        volatile uint64_t x = 1;
        for (int i = 0; i < 3000000; i++) x = x * 31 + 7;
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    struct rusage own, children, thread;
    CHECK(getrusage(RUSAGE_SELF, &own) == 0 && getrusage(RUSAGE_CHILDREN, &children) == 0);
    CHECK(getrusage(RUSAGE_THREAD, &thread) == 0);
    CHECK(own.ru_maxrss > 0 && children.ru_maxrss > 0);
    CHECK(children.ru_utime.tv_sec > 0 || children.ru_utime.tv_usec > 0 || children.ru_stime.tv_usec > 0);
    CHECK(getrusage(77, &own) == -1 && errno == EINVAL);
    printf("ticks %ld, own %ld us, children %ld us, thread %ld us, clock %ld\n", ticks, own.ru_utime.tv_usec,
           children.ru_utime.tv_usec, thread.ru_utime.tv_usec, clock());
    return guest_success();
}
