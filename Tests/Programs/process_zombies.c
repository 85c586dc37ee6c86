// Children that ended stay zombies until they are waited for, in any order.
#include "guest.h"

int main(void) {
    pid_t children[8];
    for (int i = 0; i < 8; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) _exit(i);
    }
    for (int i = 0; i < 8; i++) guest_await_state(children[i], children[i], 'Z');
    for (int i = 7; i >= 0; i--) {
        CHECK(guest_wait_exit(children[i]) == i);
        CHECK(kill(children[i], 0) == -1 && errno == ESRCH);
        printf("reaped %d\n", children[i]);
    }
    CHECK(wait(NULL) == -1 && errno == ECHILD);
    return guest_success();
}
