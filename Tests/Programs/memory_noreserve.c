// A huge MAP_NORESERVE region of which a few pages are touched.
#include "guest.h"

int main(void) {
    size_t size = (size_t)64 << 30;
    char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    if (memory == MAP_FAILED) {
        printf("no room in %d: errno %d\n", getpid(), errno);
        return guest_success();
    }
    for (int i = 0; i < 64; i++) memory[((size_t)i << 30) + (size_t)i * 4096] = (char)i;
    for (int i = 0; i < 64; i++) CHECK(memory[((size_t)i << 30) + (size_t)i * 4096] == i);
    printf("64 GB at %p\n", (void *)memory);
    return guest_success();
}
