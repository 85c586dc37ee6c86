// The program break: grow, zeroed, shrink, grow again to zeroes.
#include "guest.h"

int main(void) {
    char *start = sbrk(0);
    CHECK(sbrk(100000) == start);
    for (int i = 0; i < 100000; i++) CHECK(start[i] == 0);
    memset(start, 'x', 100000);
    CHECK(brk(start + 20000) == 0);
    CHECK(sbrk(0) == start + 20000);
    CHECK(brk(start + 100000) == 0);
    CHECK(start[19999] == 'x');
    // What shrank away by whole pages is new.
    char *page = (char *)(((uintptr_t)start + 20000 + 4095) & ~(uintptr_t)4095);
    CHECK(page[0] == 0 && page[4096] == 0);
    CHECK((uintptr_t)syscall(SYS_brk, 0) == (uintptr_t)start + 100000);
    printf("break at %p\n", (void *)start);
    return guest_success();
}
