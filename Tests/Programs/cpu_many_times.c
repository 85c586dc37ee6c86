// Two processes and their threads ask which CPU they run on while they compete for it.
// libs: -lpthread
#include "processor.h"

#include "compete.h"

static uint64_t mask, leaves;

static void *ask(void *number) {
    unsigned char *area = new_area();
    for (int i = 0; i < 15; i++) {
        CHECK(hash_of_leaves() == leaves);
        for (volatile int pause = 0; pause < 20000; pause++) {}
        if (!has_xsave()) continue;
        CHECK(xgetbv(0) == mask);
        memset(area + area_size(), 0x77, 64);
        __asm__ volatile("xsave64 (%0)" ::"r"(area), "a"(-1), "d"(-1) : "memory");
        __asm__ volatile("xrstor64 (%0)" ::"r"(area), "a"(2), "d"(0) : "memory", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4",
                         "xmm5", "xmm6", "xmm7", "xmm8", "xmm9", "xmm10", "xmm11", "xmm12", "xmm13", "xmm14", "xmm15");
        for (int k = 0; k < 64; k++) CHECK(area[area_size() + (uint32_t)k] == 0x77);
    }
    return number;
}

int main(void) {
    mask = enabled_mask(), leaves = hash_of_leaves();
    pid_t child = fork();
    CHECK(child >= 0);
    run_threads(3, ask);
    if (child == 0) _exit(8);
    CHECK(guest_wait_exit(child) == 8);
    printf("%lx %lx\n", mask, leaves);
    return guest_success();
}
