// MAP_FIXED replaces what was there; MAP_FIXED_NOREPLACE refuses to.
#include "guest.h"

int main(void) {
    char *memory = mmap(NULL, 5 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 'x', 5 * 4096);
    char *middle = memory + 2 * 4096;
    CHECK(mmap(middle, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == middle);
    CHECK(middle[-1] == 'x' && middle[0] == 0 && middle[4095] == 0 && middle[4096] == 'x');
    int flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE;
    CHECK(mmap(middle, 4096, PROT_READ, flags, -1, 0) == MAP_FAILED && errno == EEXIST);
    CHECK(munmap(middle, 4096) == 0);
    CHECK(mmap(middle, 4096, PROT_READ, flags, -1, 0) == middle);
    printf("fixed at %p\n", (void *)middle);
    return guest_success();
}
