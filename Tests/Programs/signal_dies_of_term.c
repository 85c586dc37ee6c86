// A child sends SIGTERM to its computing parent, which dies of it.
// expect-signal: SIGTERM
#include "guest.h"

int main(void) {
    volatile uint64_t *turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turns != MAP_FAILED);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        while (*turns < 100000) sched_yield();
        CHECK(kill(parent, SIGTERM) == 0);
        _exit(0);
    }
    printf("pid %d\n", parent);
    guest_success();
    for (;;) ++*turns;
}
