// abort raises SIGABRT, which a handler sees first and which then kills.
// expect-signal: SIGABRT
#include "guest.h"

static void handler(int signal) {
    CHECK(signal == SIGABRT);
    char text[] = "in the handler\n";
    CHECK(write(1, text, sizeof text - 1) == sizeof text - 1);
}

int main(void) {
    CHECK(signal(SIGABRT, handler) != SIG_ERR);
    printf("pid %d\n", getpid());
    guest_success();
    abort();
}
