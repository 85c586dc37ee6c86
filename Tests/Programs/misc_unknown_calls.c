// System call numbers above the table fail with ENOSYS; so do negative ones and those never implemented.
#include "guest.h"

int main(void) {
    static const long numbers[] = {1000, 4096, 0xffff, 0x3fffffff, -1, 174 /* create_module */, 180 /* nfsservctl */};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        errno = 0;
        CHECK(syscall(numbers[i], 1, 2, 3, 4, 5, 6) == -1 && errno == ENOSYS);
    }
    long result = syscall(334 /* rseq */, 8, 0, 1, 0);
    CHECK(result == -1 && (errno == ENOSYS || errno == EINVAL));
    printf("%d calls failed in %d\n", (int)(sizeof numbers / sizeof *numbers), getpid());
    return guest_success();
}
