// Memory that is only executable can be read on a CPU without protection keys, and on no other.
#include "guest.h"

#include <cpuid.h>
#include <setjmp.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>

static sigjmp_buf back;
static void handler(int number) { siglongjmp(back, number); }

static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3};  // mov $42,%eax; ret

static int isReadable(volatile const unsigned char *page) {
    if (sigsetjmp(back, 1)) return 0;
    return page[1] == 42;
}

int main(void) {
    unsigned a, b, c = 0, d;
    // OSPKE.
    int hasKeys = __get_cpuid_count(7, 0, &a, &b, &c, &d) && (c >> 4 & 1);
    signal(SIGSEGV, handler);
    unsigned char *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memcpy(page, code, sizeof code);
    CHECK(mprotect(page, 4096, PROT_EXEC) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(isReadable(page) == !hasKeys);
        CHECK(((int (*)(void))page)() == 42);
    }
    void *other = mmap(0, 4096, PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(other != MAP_FAILED);
    CHECK(munmap(other, 4096) == 0);
    return guest_success();
}
