// Two processes hand over by spinning on a word in shared anonymous memory.
#include "guest.h"

int main(void) {
    int *turn = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turn != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    int own = child == 0;
    uint64_t spins = 0;
    for (int i = 0; i < 15; i++) {
        while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) % 2 != own) spins++;
        __atomic_store_n(turn, *turn + 1, __ATOMIC_RELEASE);
    }
    if (own == 0) CHECK(guest_wait_exit(child) == 0 && *turn == 30);
    printf("process %d spun %lu times\n", own, spins);
    return own == 1 ? 0 : guest_success();
}
