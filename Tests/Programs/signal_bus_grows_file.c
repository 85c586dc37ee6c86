// SIGBUS beyond the end of a mapped memfd: the handler makes the file longer, and the store is repeated.
#include "guest.h"

static int fd;
static volatile int faults;
static char *area;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGBUS && info->si_code == BUS_ADRERR && context != NULL);
    size_t needed = ((size_t)((char *)info->si_addr - area) | 4095) + 1;
    CHECK(ftruncate(fd, (off_t)needed) == 0);
    faults++;
}

int main(void) {
    CHECK((fd = memfd_create("grows", MFD_CLOEXEC)) >= 0);
    area = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(area != MAP_FAILED);
    CHECK(sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t state = guest_random();
    for (int i = 0; i < 64 * 4096; i += 8) {
        state = state * 6364136223846793005 + 1442695040888963407;
        *(volatile uint64_t *)(area + i) = state;
    }
    struct stat status;
    CHECK(faults == 64 && fstat(fd, &status) == 0 && status.st_size == 64 * 4096);
    printf("%016lx\n", guest_hash(area, 64 * 4096));
    return guest_success();
}
