// The main stack grows by megabytes as deep recursion touches it.
#include "guest.h"

__attribute__((noinline)) static uint64_t descend(int depth, uint64_t seed) {
    volatile char frame[16 * 1024];
    for (size_t i = 0; i < sizeof frame; i += 1024) frame[i] = (char)(seed + i);
    uint64_t below = depth == 0 ? (uintptr_t)frame : descend(depth - 1, seed * 31 + 1);
    CHECK(frame[1024] == (char)(seed + 1024));
    return below;
}

int main(void) {
    char here;
    uintptr_t deepest = descend(300, guest_random());
    CHECK((uintptr_t)&here - deepest > 300 * 16 * 1024);
    printf("from %p to %p\n", (void *)&here, (void *)deepest);
    return guest_success();
}
