// The time stamp counter by rdtsc and rdtscp: full registers, going forward.
#include "guest.h"

static uint64_t rdtsc(void) {
    uint64_t rax = ~0ull, rdx = ~0ull;
    __asm__ volatile("rdtsc" : "+a"(rax), "+d"(rdx));
    CHECK(rax >> 32 == 0 && rdx >> 32 == 0);
    return rdx << 32 | rax;
}

static uint64_t rdtscp(uint64_t *processor) {
    uint64_t rax = ~0ull, rdx = ~0ull, rcx = ~0ull;
    __asm__ volatile("rdtscp" : "+a"(rax), "+d"(rdx), "+c"(rcx));
    CHECK(rax >> 32 == 0 && rdx >> 32 == 0 && rcx >> 32 == 0);
    *processor = rcx;
    return rdx << 32 | rax;
}

int main(void) {
    uint64_t last = 0, sum = 0, processor = 0;
    for (int i = 0; i < 50; i++) {
        uint64_t now = i % 2 ? rdtsc() : rdtscp(&processor);
        CHECK(now >= last);
        sum = sum * 31 + now;
        last = now;
    }
    printf("%lx on %lx, sum %016lx\n", last, processor, sum);
    return guest_success();
}
