// Processes on our memory (CLONE_VM without CLONE_THREAD) compute and count with us.
#include "guest.h"

enum { count = 3, stack_size = 65536 };
static uint64_t counter;
static volatile uint64_t seen[count + 1];

static int work(void *argument) {
    intptr_t own = (intptr_t)argument;
    for (int i = 0; i < 1000000; i++) seen[own] = seen[own] * 31 + __atomic_fetch_add(&counter, 1, __ATOMIC_SEQ_CST);
    return 10 + (int)own;
}

int main(void) {
    pid_t children[count];
    for (intptr_t i = 0; i < count; i++) {
        char *stack = mmap(NULL, stack_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(stack != MAP_FAILED);
        CHECK((children[i] = clone(work, stack + stack_size, CLONE_VM | SIGCHLD, (void *)i)) > 0);
    }
    CHECK(work((void *)count) == 13);
    for (int i = 0; i < count; i++) CHECK(guest_wait_exit(children[i]) == 10 + i);
    CHECK(counter == 4000000);
    for (int i = 0; i <= count; i++) printf("%d saw %016lx\n", i, seen[i]);
    return guest_success();
}
