// ftruncate of a mapped memfd: pages come and go under the mapping.
#include "guest.h"

#include <setjmp.h>

static sigjmp_buf escape;

static void handler(int signal) { siglongjmp(escape, signal); }

int main(void) {
    CHECK(signal(SIGBUS, handler) != SIG_ERR);
    int fd = memfd_create("guest", MFD_CLOEXEC);
    CHECK(fd >= 0 && ftruncate(fd, 8192) == 0);
    volatile char *mapped = mmap(NULL, 4 * 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED);
    mapped[100] = 'a', mapped[5000] = 'b';
    CHECK(ftruncate(fd, 4096) == 0);
    int caught = sigsetjmp(escape, 1);
    if (caught == 0) CHECK(mapped[5000] == 0 && !"no SIGBUS");
    CHECK(caught == SIGBUS);
    CHECK(ftruncate(fd, 4 * 4096) == 0);
    CHECK(mapped[100] == 'a' && mapped[5000] == 0 && mapped[3 * 4096] == 0);
    CHECK(ftruncate(fd, 50) == 0);
    CHECK(mapped[100] == 0);
    printf("%p in %d\n", (void *)mapped, getpid());
    return guest_success();
}
