// POSIX shared memory by name between unrelated mappings of two processes.
// libs: -lrt
#include "guest.h"

int main(void) {
    char name[64];
    snprintf(name, sizeof name, "/xrr-guest-%d-%016lx", getpid(), guest_random());
    int fd = shm_open(name, O_RDWR | O_CREAT | O_EXCL, 0600);
    if (fd == -1) {
        printf("no /dev/shm for %s: errno %d\n", name, errno);
        return guest_success();
    }
    CHECK(ftruncate(fd, 4096) == 0);
    char *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int own = shm_open(name, O_RDWR, 0);
        CHECK(own >= 0);
        char *again = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, own, 0);
        CHECK(again != MAP_FAILED && again != mapped);
        snprintf(again, 4096, "written by %d", getpid());
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(shm_unlink(name) == 0);
    char expected[64];
    snprintf(expected, sizeof expected, "written by %d", child);
    CHECK(strcmp(mapped, expected) == 0);
    printf("%s: %s\n", name, mapped);
    return guest_success();
}
