// RDPID, where CPUID offers it, and RDTSCP say the core that getcpu(2) says.
#include "processor.h"

int main(void) {
    unsigned core, node;
    CHECK(syscall(SYS_getcpu, &core, &node, NULL) == 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    CHECK(sched_setaffinity(0, sizeof one, &one) == 0);
    CHECK(syscall(SYS_getcpu, &core, &node, NULL) == 0);
    if (cpuid(7, 0).ecx >> 22 & 1) {
        uint64_t value;
        __asm__ volatile("rdpid %0" : "=r"(value));
        CHECK((value & 0xfff) == core && value >> 12 == node);
    }
    if (cpuid(0x80000001, 0).edx >> 27 & 1) {
        uint32_t value;
        __asm__ volatile("rdtscp" : "=c"(value)::"rax", "rdx");
        CHECK((value & 0xfff) == core && value >> 12 == node);
    }
    printf("%u %u\n", core, node);
    return guest_success();
}
