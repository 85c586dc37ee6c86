// XGETBV and CPUID in a statically linked program, whose library asks before main.
// cflags: -static
#include "processor.h"

int main(void) {
    printf("%lx %lx\n", enabled_mask(), hash_of_leaves());
    return guest_success();
}
