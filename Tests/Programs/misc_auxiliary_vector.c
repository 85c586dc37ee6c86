// getauxval, /proc/self/auxv and the stack agree; AT_RANDOM and AT_EXECFN point into the stack.
#include "guest.h"

#include <elf.h>
#include <sys/auxv.h>

extern char **environ;

int main(void) {
    char **end = environ;
    while (*end) end++;
    Elf64_auxv_t *stack = (Elf64_auxv_t *)(end + 1), file[64];
    int fd = open("/proc/self/auxv", O_RDONLY);
    ssize_t size = read(fd, file, sizeof file);
    CHECK(size > 0 && size % (ssize_t)sizeof *file == 0);
    int count = 0;
    for (; stack[count].a_type != AT_NULL; count++) {
        unsigned long type = stack[count].a_type;
        CHECK((count + 1) * (ssize_t)sizeof *file <= size);
        CHECK(file[count].a_type == type && file[count].a_un.a_val == stack[count].a_un.a_val);
        if (type == AT_IGNORE) continue;
        // glibc answers AT_HWCAP from its own idea of the processor.
        if (type != AT_HWCAP) CHECK(getauxval(type) == stack[count].a_un.a_val);
        printf("%lu: %lx\n", type, stack[count].a_un.a_val);
    }
    CHECK(getauxval(AT_PAGESZ) == 4096 && getauxval(AT_UID) == getuid() && getauxval(AT_SECURE) == 0);
    const unsigned char *random = (const unsigned char *)getauxval(AT_RANDOM);
    CHECK(random != NULL);
    for (int i = 0; i < 16; i++) printf("%02x", random[i]);
    printf("\n%s, %d entries\n", (const char *)getauxval(AT_EXECFN), count);
    return guest_success();
}
