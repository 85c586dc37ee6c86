// mremap: grow in place or by moving, move to a fixed place, shrink, and fail.
#include "guest.h"

int main(void) {
    char *memory = mmap(NULL, 64 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(munmap(memory + 4 * 4096, 60 * 4096) == 0);
    uint64_t value = guest_random();
    memcpy(memory + 4096, &value, sizeof value);

    CHECK(mremap(memory, 4 * 4096, 8 * 4096, 0) == memory);  // There is room behind it.
    CHECK(memory[7 * 4096] == 0);
    CHECK(mmap(memory + 8 * 4096, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED);
    CHECK(mremap(memory, 8 * 4096, 32 * 4096, 0) == MAP_FAILED && errno == ENOMEM);
    char *moved = mremap(memory, 8 * 4096, 32 * 4096, MREMAP_MAYMOVE);
    CHECK(moved != MAP_FAILED && moved != memory);
    CHECK(memcmp(moved + 4096, &value, sizeof value) == 0);
    CHECK(mremap(moved, 32 * 4096, 2 * 4096, 0) == moved);
    CHECK(msync(moved + 2 * 4096, 4096, MS_ASYNC) == -1 && errno == ENOMEM);

    char *target = mmap(NULL, 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mremap(moved, 2 * 4096, 2 * 4096, MREMAP_MAYMOVE | MREMAP_FIXED, target) == target);
    CHECK(memcmp(target + 4096, &value, sizeof value) == 0);
    CHECK(msync(moved, 4096, MS_ASYNC) == -1 && errno == ENOMEM);
    printf("%p to %p to %p with %016lx\n", (void *)memory, (void *)moved, (void *)target, value);
    return guest_success();
}
