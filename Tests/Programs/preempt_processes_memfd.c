// Two processes hand over by spinning on a memfd, which each has mapped at another address.
#include "guest.h"

int main(void) {
    int fd = memfd_create("turn", MFD_CLOEXEC);
    CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
    void *first = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 4096);
    CHECK(first != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    int own = child == 0;
    int *turn = first;
    if (own == 1) {
        CHECK((turn = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)) != MAP_FAILED);
        turn += 1024;
        CHECK(munmap(first, 4096) == 0);
    }
    uint64_t spins = 0;
    for (int i = 0; i < 12; i++) {
        while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) % 2 != own) {
            spins++;
            __builtin_ia32_pause();
        }
        __atomic_store_n(turn, *turn + 1, __ATOMIC_RELEASE);
    }
    if (own == 0) CHECK(guest_wait_exit(child) == 0 && *turn == 24);
    printf("process %d spun %lu times at %p\n", own, spins, (void *)turn);
    return own == 1 ? 0 : guest_success();
}
