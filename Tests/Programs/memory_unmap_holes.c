// munmap in the middle splits a mapping; the hole faults with SEGV_MAPERR.
#include "guest.h"

#include <setjmp.h>

static sigjmp_buf escape;
static volatile siginfo_t fault;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    fault = *info;
    siglongjmp(escape, 1);
}

int main(void) {
    CHECK(sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    char *memory = mmap(NULL, 9 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 'x', 9 * 4096);
    for (int page = 1; page < 9; page += 2) CHECK(munmap(memory + page * 4096, 4096) == 0);
    for (int page = 0; page < 9; page++) {
        volatile char *byte = memory + page * 4096 + 7;
        if (sigsetjmp(escape, 1) == 0) {
            CHECK(*byte == 'x');
            CHECK(page % 2 == 0);
        } else {
            CHECK(page % 2 == 1);
            CHECK(fault.si_code == SEGV_MAPERR && fault.si_addr == byte);
            printf("hole at %p\n", fault.si_addr);
        }
    }
    CHECK(munmap(memory, 9 * 4096) == 0);
    return guest_success();
}
