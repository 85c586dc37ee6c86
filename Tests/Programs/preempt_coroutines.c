// Two threads, each with coroutines on stacks of their own that change over without a system call.
// libs: -lpthread
#include "compete.h"

struct pair {
    void *stacks[2];
    uint64_t values[2];
    struct rival *self;
};

// Keeps what calls preserve on the old stack, and goes on where the new one was left.
void change_stack(void **from, void **to);
__asm__(".text; .globl change_stack; .type change_stack, @function; change_stack:"
        "push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15; mov %rsp, (%rdi);"
        "mov (%rsi), %rsp; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp; ret;"
        ".size change_stack, . - change_stack");

static __thread struct pair *pair;

static void other_main(void) {
    for (;;) {
        pair->values[1] = pair->values[1] * 31 + pair->values[0];
        change_stack(&pair->stacks[1], &pair->stacks[0]);
    }
}

static uint64_t work(struct rival *self) {
    struct pair own = {.values = {self->seed, 0}, .self = self};
    size_t size = 65536;
    char *stack = malloc(size);
    void **top = (void **)((uintptr_t)(stack + size) & ~15ul) - 8;
    memset(top, 0, 64);
    top[6] = (void *)other_main;  // After the six registers; the stack is then as after a call.
    own.stacks[1] = top;
    pair = &own;
    for (int i = 0; i < 4000000; i++) {
        own.values[0] = own.values[0] * 6364136223846793005 + own.values[1];
        self->progress++;
        change_stack(&own.stacks[0], &own.stacks[1]);
    }
    return own.values[0] ^ own.values[1];
}

int main(void) {
    compete(2, work);
    return guest_success();
}
