// XGETBV and CPUID say the same in children, their children, and those of vfork(2).
#include "processor.h"

static uint64_t mask, leaves;

static void look(void) {
    CHECK(enabled_mask() == mask);
    CHECK(hash_of_leaves() == leaves);
}

int main(void) {
    mask = enabled_mask(), leaves = hash_of_leaves();
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        look();
        pid_t grandchild = fork();
        CHECK(grandchild >= 0);
        look();
        if (grandchild) CHECK(guest_wait_exit(grandchild) == 5);
        _exit(grandchild ? 4 : 5);
    }
    look();
    CHECK(guest_wait_exit(child) == 4);
    volatile uint64_t seen = 0;
    bool exists = has_xsave();
    child = vfork();
    CHECK(child >= 0);
    if (child == 0) {
        if (exists) seen = xgetbv(0);
        _exit(cpuid(1, 0).ecx >> 27 & 1);
    }
    CHECK(guest_wait_exit(child) == exists && seen == mask);
    look();
    return guest_success();
}
