// Each child forks the next one, 20 deep; the depth comes back in the exit statuses.
#include "guest.h"

static int descend(int depth) {
    if (depth == 20) return depth;
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        printf("depth %d is %d of %d\n", depth + 1, getpid(), getppid());
        _exit(descend(depth + 1));
    }
    return guest_wait_exit(child);
}

int main(void) {
    CHECK(descend(0) == 20);
    return guest_success();
}
