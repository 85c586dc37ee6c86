// A load beyond the end of a mapped file raises SIGBUS with BUS_ADRERR.
#include "guest.h"

#include <setjmp.h>

static sigjmp_buf escape;
static volatile siginfo_t fault;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)context;
    fault = *info;
    siglongjmp(escape, signal);
}

int main(void) {
    CHECK(sigaction(SIGBUS, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    int fd = guest_file("file", "short");
    volatile char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(mapped != MAP_FAILED);
    CHECK(mapped[4095] == 0);
    for (int i = 0; i < 3; i++) {
        if (sigsetjmp(escape, 1) == 0) {
            mapped[4096 + i * 100] = 1;
            CHECK(!"no SIGBUS");
        }
        CHECK(fault.si_code == BUS_ADRERR && fault.si_addr == mapped + 4096 + i * 100);
        printf("SIGBUS at %p\n", fault.si_addr);
    }
    return guest_success();
}
