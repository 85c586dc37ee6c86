// malloc of many sizes: brk, mmap, realloc by mremap, trim.
#include "guest.h"

#include <malloc.h>

int main(void) {
    unsigned char *big = malloc(40 << 20);
    CHECK(big != NULL);
    for (size_t i = 0; i < 40 << 20; i += 4096) big[i] = (unsigned char)(i >> 12);
    big = realloc(big, 80 << 20);
    CHECK(big != NULL);
    for (size_t i = 0; i < 40 << 20; i += 4096) CHECK(big[i] == (unsigned char)(i >> 12));
    void *small[500];
    uint64_t sum = 0;
    for (size_t i = 0; i < 500; i++) {
        small[i] = malloc(i * 37 + 1);
        memset(small[i], (int)i, i * 37 + 1);
        sum = sum * 31 + (uintptr_t)small[i];
    }
    for (size_t i = 0; i < 500; i += 2) free(small[i]);
    for (size_t i = 1; i < 500; i += 2) CHECK(*(unsigned char *)small[i] == (unsigned char)i);
    for (size_t i = 1; i < 500; i += 2) free(small[i]);
    malloc_trim(0);
    printf("big at %p, small %016lx\n", (void *)big, sum);
    free(big);
    return guest_success();
}
