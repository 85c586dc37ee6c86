// The kernel writes thread ids where clone is told to: for the parent, for the child, and zero at the child's end.
#include "guest.h"

#include <linux/futex.h>

static int child_main(void *argument) {
    pid_t *own = argument;
    CHECK(*own == getpid());
    return 0;
}

int main(void) {
    size_t size = 64 * 1024;
    char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    CHECK(stack != MAP_FAILED);
    volatile pid_t parent_word = -1, child_word = -1;
    int flags = CLONE_VM | CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID | SIGCHLD;
    pid_t child = clone(child_main, stack + size, flags, (void *)&child_word, &parent_word, NULL, &child_word);
    CHECK(child > 0);
    CHECK(parent_word == child);
    // The kernel clears the word and wakes its futex once the child leaves our memory.
    pid_t value;
    while ((value = child_word) != 0)
        if (syscall(SYS_futex, &child_word, FUTEX_WAIT, value, NULL, NULL, 0) == -1) CHECK(errno == EAGAIN);
    CHECK(guest_wait_exit(child) == 0);
    printf("parent word %d, child word %d\n", parent_word, child_word);
    return guest_success();
}
