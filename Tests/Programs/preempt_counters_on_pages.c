// Two threads count on 64 pages in turn: all the state is spread over them.
// libs: -lpthread
#include "compete.h"

enum { pages = 64 };

static uint64_t work(struct rival *self) {
    volatile uint64_t *words = mmap(NULL, pages * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(words != MAP_FAILED);
    self->memory = (void *)words, self->size = pages * 4096;
    for (int round = 0; round < 400000; round++)
        for (int page = 0; page < pages; page++) words[page * 512 + page]++;
    return hash_words((void *)words, pages * 4096);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
