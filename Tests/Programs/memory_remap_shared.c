// mremap of a shared mapping with an old size of zero makes a second mapping of the same memory; DONTUNMAP empties.
#include "guest.h"

#ifndef MREMAP_DONTUNMAP
#define MREMAP_DONTUNMAP 4
#endif

int main(void) {
    char *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(shared != MAP_FAILED);
    char *twin = mremap(shared, 0, 8192, MREMAP_MAYMOVE);
    CHECK(twin != MAP_FAILED && twin != shared);
    uint64_t value = guest_random();
    memcpy(shared + 4000, &value, sizeof value);
    CHECK(memcmp(twin + 4000, &value, sizeof value) == 0);

    char *private = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(private != MAP_FAILED);
    memcpy(private, &value, sizeof value);
    char *moved = mremap(private, 8192, 8192, MREMAP_MAYMOVE | MREMAP_DONTUNMAP, NULL);
    CHECK(moved != MAP_FAILED && moved != private);
    CHECK(memcmp(moved, &value, sizeof value) == 0);
    CHECK(private[0] == 0 && private[7] == 0);
    private[0] = 1;
    printf("%p, %p, %p: %016lx\n", (void *)shared, (void *)twin, (void *)moved, value);
    return guest_success();
}
