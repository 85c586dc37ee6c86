// The word that the kernel clears when a thread ends: in memory that is gone, read-only, or shared with a process.
#include "guest.h"

static int end_with(void *word) {
    syscall(SYS_set_tid_address, word);
    syscall(SYS_exit, 0);
    return 0;
}

static pid_t start(void *word) {
    static char stacks[4][1 << 16] __attribute__((aligned(16)));
    static int count;
    return clone(end_with, stacks[count++] + (1 << 16),
                 CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, word);
}

int main(void) {
    uint32_t *gone = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *fixed = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    uint32_t *shared = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(gone != MAP_FAILED && fixed != MAP_FAILED && shared != MAP_FAILED);
    *fixed = shared[0] = shared[1] = 7;
    CHECK(munmap(gone, 4096) == 0 && mprotect(fixed, 4096, PROT_READ) == 0);
    uint32_t *words[] = {gone, fixed, shared};
    for (int i = 0; i < 3; i++) {
        pid_t thread = start(words[i]);
        CHECK(thread > 0);
        char state;
        while ((state = guest_state(getpid(), thread)) != 0 && state != 'X' && state != 'Z') guest_sleep_ms(1);
    }
    // A process that is alone in its address space: its word stays.
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) end_with(&shared[1]);
    CHECK(guest_wait_exit(child) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) end_with(gone);
    CHECK(guest_wait_exit(child) == 0);
    printf("read-only %u, shared %u, of a process %u\n", *fixed, shared[0], shared[1]);
    CHECK(*fixed == 7 && shared[0] == 0 && shared[1] == 7);
    syscall(SYS_set_tid_address, gone);
    return guest_success();
}
