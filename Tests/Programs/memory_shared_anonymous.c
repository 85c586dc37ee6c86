// Shared anonymous memory between parent and child, handed to and fro through pipes.
#include "guest.h"

int main(void) {
    volatile uint64_t *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    int to_child[2], to_parent[2];
    CHECK(pipe(to_child) == 0 && pipe(to_parent) == 0);
    shared[0] = guest_random();
    pid_t child = fork();
    CHECK(child >= 0);
    for (int round = 0; round < 20; round++) {
        if (child == 0) {
            guest_await(to_child[0]);
            shared[0] = shared[0] * 6364136223846793005 + (uint64_t)getpid();
            shared[512] = shared[0] ^ (uint64_t)round;
            guest_signal(to_parent[1]);
        } else {
            guest_signal(to_child[1]);
            guest_await(to_parent[0]);
            CHECK(shared[512] == (shared[0] ^ (uint64_t)round));
            shared[0]++;
        }
    }
    if (child == 0) _exit(0);
    CHECK(guest_wait_exit(child) == 0);
    printf("%p ends with %016lx\n", (void *)shared, shared[0]);
    return guest_success();
}
