// A signal stack of the size that AT_MINSIGSTKSZ tells holds a frame.
#include "processor.h"

#include <sys/auxv.h>

static volatile uintptr_t lowest = UINTPTR_MAX;

static void handler(int number, siginfo_t *info, void *context) {
    (void)number, (void)info, (void)context;
    lowest = (uintptr_t)__builtin_frame_address(0);
}

int main(void) {
    unsigned long needed = getauxval(AT_MINSIGSTKSZ);
    if (needed == 0) return guest_success();  // Kernels before 5.14.
    CHECK(needed >= 1000 && needed < 1 << 20 && (long)needed <= sysconf(_SC_MINSIGSTKSZ));
    if (has_xsave()) CHECK(needed >= area_size());
    // And what the handler itself needs.
    size_t size = needed + 2048;
    unsigned char *stack = map_pages((size + 4095) / 4096 + 1, PROT_READ | PROT_WRITE);
    CHECK(mprotect(stack, 4096, PROT_NONE) == 0);
    stack_t alternate = {.ss_sp = stack + 4096, .ss_size = size};
    CHECK(sigaltstack(&alternate, NULL) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK}, NULL)
          == 0);
    CHECK(raise(SIGUSR1) == 0);
    CHECK(lowest >= (uintptr_t)stack + 4096 && lowest < (uintptr_t)stack + 4096 + size);
    puts("fits");
    return guest_success();
}
