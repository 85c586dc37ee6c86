// A write barrier in a loop: pages are made read-only, SIGSEGV notes and opens those that a computation writes.
#include "guest.h"

enum { pages = 64, rounds = 12 };
static char *area;
static volatile int faults;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGSEGV && context != NULL && info->si_code == SEGV_ACCERR);
    char *page = (char *)((uintptr_t)info->si_addr & ~4095ul);
    CHECK(page >= area && page < area + pages * 4096);
    CHECK(mprotect(page, 4096, PROT_READ | PROT_WRITE) == 0);
    faults++;
}

int main(void) {
    area = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(area != MAP_FAILED);
    CHECK(sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    uint64_t state = guest_random();
    for (int round = 0; round < rounds; round++) {
        CHECK(mprotect(area, pages * 4096, PROT_READ) == 0);
        bool written[pages] = {false};
        int distinct = 0;
        faults = 0;
        for (int i = 0; i < 50000; i++) {
            state = state * 6364136223846793005 + 1442695040888963407;
            uint64_t page = (state >> 33) % (8 + 4 * (uint64_t)round);
            ((volatile uint64_t *)area)[page * 512 + state % 512] += state;
            if (!written[page]) distinct++;
            written[page] = true;
        }
        CHECK(faults == distinct);
        printf("%d faults, %016lx\n", faults, guest_hash(area, pages * 4096));
    }
    return guest_success();
}
