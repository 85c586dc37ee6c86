// A thread made by bare clone3, with its id stored for both sides, cleared at its end, and a TLS base of its own.
#include "guest.h"

#include <linux/sched.h>

struct block {
    struct block *self;
    volatile uint64_t value;
};

static volatile pid_t parent_word, child_word;
static struct block block = {&block, 0};
static char stack[65536] __attribute__((aligned(16)));

__attribute__((used, noinline, optimize("no-stack-protector"))) static void thread_main(void) {
    uint64_t value;
    for (int i = 0; i < 3000000; i++) __asm__ volatile("addq $3, %%fs:8" ::: "memory", "cc");
    __asm__ volatile("mov %%fs:0, %0" : "=r"(value));
    block.value += value == (uintptr_t)&block && child_word > 0;
    __asm__ volatile("syscall" ::"a"(SYS_exit), "D"(0) : "rcx", "r11", "memory");
    __builtin_unreachable();
}

int main(void) {
    struct clone_args arguments = {
        .flags = CLONE_VM | CLONE_FS | CLONE_FILES | CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM | CLONE_SETTLS |
                 CLONE_PARENT_SETTID | CLONE_CHILD_SETTID | CLONE_CHILD_CLEARTID,
        .parent_tid = (uintptr_t)&parent_word,
        .child_tid = (uintptr_t)&child_word,
        .stack = (uintptr_t)stack,
        .stack_size = sizeof stack,
        .tls = (uintptr_t)&block,
    };
    long result;
    __asm__ volatile("syscall; test %%rax, %%rax; jnz 1f; xor %%ebp, %%ebp; call thread_main; 1:"
                     : "=a"(result)
                     : "a"(SYS_clone3), "D"(&arguments), "S"(sizeof arguments)
                     : "rcx", "r11", "memory", "cc");
    if (result == -ENOSYS) {
        printf("no clone3 here: pid %d\n", getpid());
        return guest_success();
    }
    CHECK(result > 0 && parent_word == result);
    uint64_t spins = 0;
    while (child_word == result || block.value == 0) spins++;
    while (child_word != 0) spins++;
    CHECK(block.value == 9000001);
    printf("thread %ld, spun %lu times\n", result, spins);
    return guest_success();
}
