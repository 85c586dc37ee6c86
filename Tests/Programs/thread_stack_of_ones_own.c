// Threads on stacks that the program has mapped itself, one of them in shared memory.
// libs: -lpthread
#include "compete.h"

enum { size = 256 * 1024 };

static void *work(void *argument) {
    volatile uint64_t words[1000];
    CHECK((char *)words > (char *)argument && (char *)(words + 1000) < (char *)argument + size);
    for (int i = 0; i < 3000000; i++) words[i % 1000] = words[(i * 7 + 1) % 1000] + (uint64_t)i;
    return (void *)(words[3] != 0 ? 1ul : 2ul);
}

int main(void) {
    pthread_t threads[3];
    for (int i = 0; i < 3; i++) {
        pthread_attr_t attributes;
        int flags = (i == 1 ? MAP_SHARED : MAP_PRIVATE) | MAP_ANONYMOUS;
        void *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, flags, -1, 0);
        CHECK(stack != MAP_FAILED && pthread_attr_init(&attributes) == 0);
        CHECK(pthread_attr_setstack(&attributes, stack, size) == 0);
        CHECK(pthread_create(&threads[i], &attributes, work, stack) == 0);
    }
    for (int i = 0; i < 3; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0 && result != NULL);
    }
    printf("done in %d\n", getpid());
    return guest_success();
}
