// Counters that lie half on one page and half on the next.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    char *pages = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    self->memory = pages, self->size = 5 * 4096;
    for (uint64_t i = 0; i < 1500000; i++)
        for (int page = 1; page < 5; page++) {
            char *place = pages + page * 4096 - 1 - (i % 7);
            uint64_t value;
            memcpy(&value, place, sizeof value);
            value += self->seed + i;
            memcpy(place, &value, sizeof value);
        }
    return hash_words(pages, 5 * 4096);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
