// A write barrier: mprotect makes pages read-only, the SIGSEGV handler notes the write and opens the page.
#include "guest.h"

static char *volatile memory;
static volatile int faults;
static void *volatile last;

static void handler(int signal, siginfo_t *info, void *context) {
    (void)signal, (void)context;
    CHECK(info->si_code == SEGV_ACCERR);
    last = info->si_addr;
    char *page = (char *)((uintptr_t)info->si_addr & ~(uintptr_t)4095);
    CHECK(page >= memory && page < memory + 16 * 4096);
    CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
    faults++;
}

int main(void) {
    CHECK(sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    memory = mmap(NULL, 16 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    for (int round = 1; round <= 3; round++) {
        CHECK(mprotect(memory, 16 * 4096, PROT_READ) == 0);
        for (int i = 0; i < 16 * 4096; i += 1000) ((volatile char *)memory)[i] = (char)round;
        CHECK(faults == round * 16);
    }
    CHECK(mprotect(memory, 4096, PROT_NONE) == 0);
    CHECK(((volatile char *)memory)[1000] == 3);
    printf("%d faults, the last at %p\n", faults, last);
    return guest_success();
}
