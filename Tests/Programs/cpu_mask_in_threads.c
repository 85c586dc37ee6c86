// XGETBV and CPUID say the same in every thread.
// libs: -lpthread
#include "processor.h"

#include "compete.h"

static uint64_t mask, leaves;

static void *look(void *number) {
    for (int i = 0; i < 3; i++) {
        CHECK(mask_by((void *)(uintptr_t)own_mask) == mask);
        CHECK(mask_fits_cpuid(mask));
        CHECK(hash_of_leaves() == leaves);
    }
    return number;
}

int main(void) {
    mask = enabled_mask(), leaves = hash_of_leaves();
    run_threads(4, look);
    printf("%lx %lx\n", mask, leaves);
    return guest_success();
}
