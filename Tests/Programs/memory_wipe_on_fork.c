// MADV_WIPEONFORK gives a child zeroes, MADV_DONTFORK no mapping at all.
#include "guest.h"

#ifndef MADV_WIPEONFORK
#define MADV_WIPEONFORK 18
#endif

int main(void) {
    char *wiped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *hidden = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(wiped != MAP_FAILED && hidden != MAP_FAILED);
    *wiped = *hidden = 'x';
    CHECK(madvise(wiped, 4096, MADV_WIPEONFORK) == 0);
    CHECK(madvise(hidden, 4096, MADV_DONTFORK) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(*wiped == 0);
        CHECK(msync(hidden, 4096, MS_ASYNC) == -1 && errno == ENOMEM);
        printf("child %d sees %d\n", getpid(), *wiped);
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(*wiped == 'x' && *hidden == 'x');
    return guest_success();
}
