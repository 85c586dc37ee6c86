// A few million steps of pure computation on random input: quicksort and a sieve.
#include "guest.h"

static int compare(const void *a, const void *b) {
    uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return x < y ? -1 : x > y;
}

int main(void) {
    enum { count = 200000 };
    static uint32_t numbers[count];
    uint64_t state = guest_random() | 1;
    for (int i = 0; i < count; i++) {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        numbers[i] = (uint32_t)state;
    }
    qsort(numbers, count, sizeof *numbers, compare);
    for (int i = 1; i < count; i++) CHECK(numbers[i - 1] <= numbers[i]);
    static char composite[1000000];
    int primes = 0;
    for (int i = 2; i < 1000000; i++) {
        if (composite[i]) continue;
        primes++;
        for (int j = 2 * i; j < 1000000; j += i) composite[j] = 1;
    }
    CHECK(primes == 78498);
    printf("%016lx\n", guest_hash(numbers, sizeof numbers));
    return guest_success();
}
