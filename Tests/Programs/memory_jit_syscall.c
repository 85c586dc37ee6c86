// A system call instruction in memory made by hand, moved about, with the same code at several addresses.
#include "guest.h"

int main(void) {
    // mov $39 (getpid), %eax; syscall; ret
    static const unsigned char code[] = {0xb8, 0x27, 0, 0, 0, 0x0f, 0x05, 0xc3};
    unsigned char *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    static const int offsets[] = {0, 1, 100, 4093, 8184};
    for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++) {
        CHECK(mprotect(page, 8192, PROT_READ | PROT_WRITE) == 0);
        memset(page, 0xcc, 8192);
        memcpy(page + offsets[i], code, sizeof code);
        CHECK(mprotect(page, 8192, PROT_READ | PROT_EXEC) == 0);
        long pid = ((long (*)(void))(page + offsets[i]))();
        CHECK(pid == getpid());
        CHECK(memcmp(page + offsets[i], code, sizeof code) == 0);
        printf("%ld from %p\n", pid, (void *)(page + offsets[i]));
    }
    return guest_success();
}
