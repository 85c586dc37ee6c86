// What the auxiliary vector tells of the CPU agrees with what CPUID tells.
#include "guest.h"
#include <cpuid.h>
#include <elf.h>
#include <string.h>
#include <sys/auxv.h>
#include <unistd.h>

#ifndef AT_MINSIGSTKSZ
#define AT_MINSIGSTKSZ 51
#endif

// As the kernel gave it: glibc's getauxval answers AT_HWCAP with something else.
static unsigned long entry(char **environment, unsigned long type) {
    char **end = environment;
    while (*end) end++;
    for (Elf64_auxv_t *each = (Elf64_auxv_t *)(end + 1); each->a_type != AT_NULL; each++)
        if (each->a_type == type) return each->a_un.a_val;
    return 0;
}

int main(int count, char **arguments, char **environment) {
    (void)count, (void)arguments;
    unsigned a, b, c, d, capabilities;
    CHECK(__get_cpuid(1, &a, &b, &c, &capabilities));
    CHECK((entry(environment, AT_HWCAP) & ~(unsigned long)capabilities) == 0);
    unsigned b7 = 0;
    if (__get_cpuid_count(7, 0, &a, &b, &c, &d)) b7 = b;
    // RDFSBASE.
    CHECK((b7 & 1) || !(entry(environment, AT_HWCAP2) & 2));
    CHECK(!strcmp((const char *)entry(environment, AT_PLATFORM), "x86_64"));
    // The legacy area and the registers fit.
    CHECK(entry(environment, AT_MINSIGSTKSZ) == 0 || entry(environment, AT_MINSIGSTKSZ) > 512 + 23 * 8);
    CHECK(sysconf(_SC_SIGSTKSZ) >= sysconf(_SC_MINSIGSTKSZ));
    return guest_success();
}
