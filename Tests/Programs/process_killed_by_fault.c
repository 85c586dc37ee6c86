// An unhandled fault kills with SIGSEGV.
// expect-signal: SIGSEGV
#include "guest.h"

int main(void) {
    printf("pid %d\n", getpid());
    guest_success();
    *(volatile int *)16 = 1;
    CHECK(!"survived");
}
