// SIGKILL cannot be seen coming.
// expect-signal: SIGKILL
#include "guest.h"

int main(void) {
    printf("pid %d\n", getpid());
    guest_success();
    kill(getpid(), SIGKILL);
    CHECK(!"survived");
}
