// A heap of 64 MB, on all pages of which two threads store words here and there.
// libs: -lpthread
#include "compete.h"

enum { words = 4 << 20 };  // For each.

static uint64_t work(struct rival *self) {
    uint64_t *heap = mmap(NULL, words * 8ul, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(heap != MAP_FAILED);
    self->size = words * 8ul, self->memory = heap;
    for (int i = 0; i < words; i += 512) heap[i] = self->seed + (uint64_t)i;
    uint64_t state = self->seed, sum = 0;
    for (int i = 0; i < 1500000; i++) {
        uint64_t number = next_number(&state);
        sum = sum * 3 + heap[number % words];
        if (number >> 63) heap[number % words] += number;
    }
    return sum ^ hash_words(heap, words * 8ul);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
