// XGETBV and CPUID say the same after execve(2), and after fexecve(3) of a copy without a name.
#include "processor.h"

static void copy_to(int fd) {
    static unsigned char bytes[65536];
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    CHECK(self >= 0);
    for (ssize_t count; (count = read(self, bytes, sizeof bytes)) > 0;) CHECK(write(fd, bytes, count) == count);
    close(self);
}

int main(int count, char **arguments) {
    char words[64];
    snprintf(words, sizeof words, "%lx %lx", enabled_mask(), hash_of_leaves());
    puts(words);
    if (count > 1) CHECK(strcmp(words, arguments[1]) == 0);
    char *next[] = {arguments[0], words, count > 1 ? "again" : NULL, NULL};
    if (count == 1) {
        execv("/proc/self/exe", next);
        CHECK(!"execv");
    }
    if (count == 2) {
        int copy = memfd_create("copy", MFD_CLOEXEC);
        CHECK(copy >= 0);
        copy_to(copy);
        fexecve(copy, next, environ);
        CHECK(!"fexecve");
    }
    return guest_success();
}
