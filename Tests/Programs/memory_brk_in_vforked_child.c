// The program break, and whether a process is dumpable, belong to the memory, which a child of vfork(2) shares.
#include "guest.h"

#include <sys/prctl.h>

static char *of_child;

int main(void) {
    char *start = sbrk(0);
    CHECK(sbrk(4096 - (intptr_t)((uintptr_t)start % 4096)) == start);
    char value = (char)(1 + guest_random() % 100);
    pid_t child = vfork();
    CHECK(child >= 0);
    if (child == 0) {
        of_child = sbrk(4096);
        of_child[5] = value;
        prctl(PR_SET_DUMPABLE, 0);
        _exit(7);
    }
    CHECK(guest_wait_exit(child) == 7);
    CHECK(prctl(PR_GET_DUMPABLE) == 0);
    char *own = sbrk(4096);
    CHECK(own == of_child + 4096);
    own[5] = (char)(value + 1);
    printf("%d %d\n", of_child[5], own[5]);
    CHECK(of_child[5] == value);
    return guest_success();
}
