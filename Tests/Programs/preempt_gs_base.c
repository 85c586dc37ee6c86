// Two threads with a gs base of their own compute through it.
// libs: -lpthread
#include "compete.h"

#include <asm/prctl.h>

static uint64_t work(struct rival *self) {
    uint64_t *block = calloc(512, 8), now = 0;
    self->size = 4096, self->memory = block;
    CHECK(syscall(SYS_arch_prctl, ARCH_SET_GS, block) == 0);
    for (uint64_t i = 0; i < 20000000; i++)
        __asm__ volatile("addq %1, %%gs:(%0); rolq $3, %%gs:8" ::"r"(i % 500 * 8), "r"(self->seed) : "memory", "cc");
    CHECK(syscall(SYS_arch_prctl, ARCH_GET_GS, &now) == 0 && now == (uintptr_t)block);
    return hash_words(block, 4096);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
