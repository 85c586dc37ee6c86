// Threads made by clone: their ends are awaited by spinning on the words that the kernel clears.
#include "guest.h"

enum { count = 6, stack_size = 65536 };
static volatile pid_t words[count];
static volatile uint64_t value[count];

static int work(void *argument) {
    volatile uint64_t *own = &value[(intptr_t)argument];
    for (int i = 0; i < 1000000; i++) *own = *own * 6364136223846793005 + 1;
    syscall(SYS_exit, 0);
    return 0;
}

int main(void) {
    uint64_t spins[count] = {0};
    int flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_PARENT_SETTID |
                CLONE_CHILD_CLEARTID;
    for (intptr_t i = 0; i < count; i++) {
        char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(stack != MAP_FAILED);
        pid_t id = clone(work, stack + stack_size, flags, (void *)i, &words[i], NULL, &words[i]);
        CHECK(id > 0);
        if (i % 2 == 0)
            while (words[i] != 0) spins[i]++;
    }
    for (int i = 1; i < count; i += 2)
        while (words[i] != 0) spins[i]++;
    for (int i = 0; i < count; i++) {
        CHECK(value[i] == value[0]);
        printf("thread %d: spun %lu times\n", i, spins[i]);
    }
    return guest_success();
}
