// MADV_FREE lets the kernel drop pages at a time of its choice: either content is right until the next store.
#include "guest.h"

int main(void) {
    char *memory = mmap(NULL, 8 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 'x', 8 * 4096);
    int result = madvise(memory, 8 * 4096, MADV_FREE);
    CHECK(result == 0 || errno == EINVAL);
    memory[4096] = 'y';
    CHECK(memory[4096] == 'y');
    int kept = 0;
    for (int i = 0; i < 8; i++) {
        CHECK(memory[i * 4096 + 1] == 'x' || memory[i * 4096 + 1] == 0);
        kept += memory[i * 4096 + 1] == 'x';
    }
    printf("%d of 8 pages kept at %p\n", kept, (void *)memory);
    return guest_success();
}
