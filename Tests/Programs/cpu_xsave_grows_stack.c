// XSAVE and FXSAVE store into a stack that has yet to grow there, and fault below where it can grow.
#include "guest.h"

#include <cpuid.h>
#include <setjmp.h>
#include <sys/resource.h>

static sigjmp_buf back;
static void handler(int number) { siglongjmp(back, number); }

static void (*save)(unsigned char *area);

// Made at run time, since code of a file may be treated in another way.
static void makeCode(int hasXSAVE) {
    // mov $7,%eax; xor %edx,%edx; xsave64 or fxsave64 (%rdi); ret
    const unsigned char code[] = {0xb8, 7, 0, 0, 0, 0x31, 0xd2, 0x48, 0x0f, 0xae, hasXSAVE ? 0x27 : 0x07, 0xc3};
    void *page = mmap(0, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    memcpy(page, code, sizeof code);
    CHECK(mprotect(page, 4096, PROT_READ | PROT_EXEC) == 0);
    save = page;
}

int main(void) {
    unsigned a, b, c, d;
    CHECK(__get_cpuid(1, &a, &b, &c, &d));
    makeCode(c >> 27 & 1);
    unsigned char here;
    // The stack begins with some 130 KB.
    unsigned char *area = (unsigned char *)(((uintptr_t)&here - 400 * 1024) & ~63ul);
    for (int i = 0; i < 3; i++, area -= 100 * 1024) {
        save(area);
        CHECK(area[0] == 0x7f && area[1] == 3);
    }

    stack_t other = {.ss_sp = malloc(64 * 1024), .ss_size = 64 * 1024};
    CHECK(sigaltstack(&other, NULL) == 0);
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    struct rlimit limit;
    CHECK(getrlimit(RLIMIT_STACK, &limit) == 0);
    if (limit.rlim_cur != RLIM_INFINITY) {
        int number = sigsetjmp(back, 1);
        if (number == 0) save((unsigned char *)(((uintptr_t)&here - limit.rlim_cur - 65536) & ~63ul));
        CHECK(number == SIGSEGV);
    }
    return guest_success();
}
