// Threads run functions without tables on the same pages, each at its own pace.
// libs: -lpthread
#include "processor.h"

#include "compete.h"

enum { slots = 12 };

static unsigned char *code;
static uint64_t mask;

static void *run(void *number) {
    for (uint64_t i = (uintptr_t)number * 5; i < 200; i++) {
        CHECK(((mask_function *)(uintptr_t)(code + 600 * (i % slots)))() == mask);
        if (i % 16 == 0) sched_yield();
    }
    return number;
}

int main(void) {
    mask = enabled_mask();
    if (!has_xsave()) return guest_success();
    code = map_pages(2, PROT_READ | PROT_WRITE);
    for (int i = 0; i < slots; i++) memcpy(code + 600 * i, mask_code, sizeof mask_code);
    CHECK(mprotect(code, 8192, PROT_READ | PROT_EXEC) == 0);
    run_threads(4, run);
    printf("%lx\n", mask);
    return guest_success();
}
