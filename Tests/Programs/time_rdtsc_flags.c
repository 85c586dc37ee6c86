// rdtsc leaves the flags and the other registers alone, in a child and after exec too.
#include "guest.h"

#include <sys/prctl.h>

static void check(const char *where) {
    uint64_t flags_before, flags_after, r8 = guest_random(), rbx = r8, low, high;
    __asm__ volatile("stc; pushfq; pop %0; rdtsc; pushfq; pop %1"
                     : "=&r"(flags_before), "=&r"(flags_after), "=&a"(low), "=&d"(high), "+b"(rbx)::"cc");
    CHECK(flags_before == flags_after && (flags_after & 1) && rbx == r8);
    printf("%s %d: %lx\n", where, getpid(), high << 32 | low);
}

int main(int argc, char **argv) {
    (void)argv;
    if (argc == 2) {
        check("after exec");
        return guest_success();
    }
    int setting = -1;
    // PR_GET_TSC answers what the program chose, not what watches it.
    CHECK(prctl(PR_GET_TSC, &setting) == 0 && setting == PR_TSC_ENABLE);
    check("parent");
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        check("child");
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    execl("/proc/self/exe", "again", "x", (char *)NULL);
    CHECK(!"exec returned");
}
