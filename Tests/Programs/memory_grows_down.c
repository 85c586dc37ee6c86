// A MAP_GROWSDOWN region grows when the page below it is touched.
#include "guest.h"

int main(void) {
    size_t room = 8 << 20;
    char *low = mmap(NULL, room, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(low != MAP_FAILED);
    CHECK(munmap(low, room) == 0);
    char *start = low + room - 4 * 4096;
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN | MAP_FIXED_NOREPLACE;
    CHECK(mmap(start, 4 * 4096, PROT_READ | PROT_WRITE, flags, -1, 0) == start);
    volatile char *grown = start;
    for (int i = 1; i <= 16; i++) {
        grown -= 4096;
        CHECK(grown[100] == 0);
        grown[100] = (char)i;
    }
    for (int i = 1; i <= 16; i++) CHECK(start[-i * 4096 + 100] == i);
    printf("grew from %p to %p\n", (void *)start, (void *)grown);
    return guest_success();
}
