// Parent and two children change the same large array after a fork, each its own copy.
#include "guest.h"

enum { words = 1 << 20 };
static uint64_t array[words];

static uint64_t work(uint64_t seed) {
    uint64_t sum = 0;
    for (int i = 0; i < 3000000; i++) {
        seed = seed * 6364136223846793005 + 1442695040888963407;
        sum += array[seed >> 44]++ * seed;
    }
    return sum ^ guest_hash(array, 65536);
}

int main(void) {
    uint64_t seed = guest_random();
    for (int i = 0; i < words; i++) array[i] = (uint64_t)i * seed;
    int results[2];
    CHECK(pipe(results) == 0);
    pid_t children[2];
    for (int i = 0; i < 2; i++) {
        CHECK((children[i] = fork()) >= 0);
        if (children[i] != 0) continue;
        uint64_t result = work(seed);
        CHECK(write(results[1], &result, sizeof result) == sizeof result);
        _exit(0);
    }
    uint64_t own = work(seed), other;
    for (int i = 0; i < 2; i++) CHECK(read(results[0], &other, sizeof other) == sizeof other && other == own);
    for (int i = 0; i < 2; i++) CHECK(guest_wait_exit(children[i]) == 0);
    printf("%016lx\n", own);
    return guest_success();
}
