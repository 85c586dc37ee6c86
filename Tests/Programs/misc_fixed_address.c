// A program linked to a fixed address.
// cflags: -no-pie -fno-pie
#include "guest.h"

static int variable = 5;

int main(void) {
    CHECK((uintptr_t)&variable < 0x10000000);
    printf("%p, break at %p, stack at %p, pid %d\n", (void *)&variable, sbrk(0), __builtin_frame_address(0), getpid());
    return guest_success();
}
