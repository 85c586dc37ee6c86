// An unhandled division by zero kills with SIGFPE, also when the signal is ignored.
// expect-signal: SIGFPE
#include "guest.h"

int main(void) {
    CHECK(signal(SIGFPE, SIG_IGN) != SIG_ERR);
    printf("pid %d\n", getpid());
    guest_success();
    int quotient = 1, remainder = 0, zero = 0;
    __asm__ volatile("idivl %2" : "+a"(quotient), "+d"(remainder) : "r"(zero));
    CHECK(!"survived");
}
