// Two threads sort the same numbers by a recursive quicksort.
// libs: -lpthread
#include "compete.h"

enum { count = 700000 };

static void sort(uint32_t *low, uint32_t *high) {
    while (high - low > 1) {
        uint32_t pivot = low[(high - low) / 2], *left = low, *right = high - 1;
        while (left <= right) {
            while (*left < pivot) left++;
            while (*right > pivot) right--;
            if (left > right) break;
            uint32_t word = *left;
            *left++ = *right, *right-- = word;
        }
        sort(low, right + 1);
        low = left;
    }
}

static uint64_t work(struct rival *self) {
    uint32_t *numbers = malloc(count * sizeof *numbers);
    uint64_t state = self->seed;
    for (int i = 0; i < count; i++) numbers[i] = (uint32_t)next_number(&state);
    self->size = count * sizeof *numbers, self->memory = numbers;
    sort(numbers, numbers + count);
    for (int i = 1; i < count; i++) CHECK(numbers[i - 1] <= numbers[i]);
    return hash_words(numbers, count * sizeof *numbers);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
