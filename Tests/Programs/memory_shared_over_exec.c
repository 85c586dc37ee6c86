// A memfd survives exec and is mapped shared by the old image's child and the new image.
#include "guest.h"

int main(int argc, char **argv) {
    if (argc == 3) {
        uint64_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, atoi(argv[1]), 0);
        CHECK(mapped != MAP_FAILED);
        pid_t child = atoi(argv[2]);
        uint64_t first = mapped[0];
        mapped[1] = first * 3;
        CHECK(kill(child, SIGUSR1) == 0);  // The child of the old image is ours still.
        CHECK(guest_wait_exit(child) == 14);
        CHECK(mapped[2] == first * 3 + 1);
        printf("%016lx through %d\n", mapped[2], child);
        return guest_success();
    }
    int fd = memfd_create("guest", 0);
    CHECK(fd >= 0 && ftruncate(fd, 4096) == 0);
    volatile uint64_t *mapped = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED);
    mapped[0] = guest_random();
    sigset_t set;
    sigemptyset(&set);
    sigaddset(&set, SIGUSR1);
    CHECK(sigprocmask(SIG_BLOCK, &set, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int signal;
        CHECK(sigwait(&set, &signal) == 0);
        mapped[2] = mapped[1] + 1;
        _exit(14);
    }
    char word[16], pid[16];
    snprintf(word, sizeof word, "%d", fd);
    snprintf(pid, sizeof pid, "%d", child);
    execl("/proc/self/exe", "again", word, pid, (char *)NULL);
    CHECK(!"exec returned");
}
