// A process that sends itself a deadly signal.
// expect-signal: SIGTERM
#include "guest.h"

int main(void) {
    printf("pid %d\n", getpid());
    guest_success();
    kill(getpid(), SIGTERM);
    CHECK(!"survived");
}
