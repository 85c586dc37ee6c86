// Writing to a pipe without readers: SIGPIPE and EPIPE; ignored, only EPIPE; in a child, death.
#include "guest.h"

static volatile int handled;

static void handler(int signal) {
    CHECK(signal == SIGPIPE);
    handled++;
}

int main(void) {
    int ends[2];
    CHECK(pipe(ends) == 0);
    close(ends[0]);
    CHECK(signal(SIGPIPE, handler) != SIG_ERR);
    CHECK(write(ends[1], "x", 1) == -1 && errno == EPIPE && handled == 1);
    CHECK(signal(SIGPIPE, SIG_IGN) != SIG_ERR);
    CHECK(write(ends[1], "x", 1) == -1 && errno == EPIPE && handled == 1);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        signal(SIGPIPE, SIG_DFL);
        CHECK(write(ends[1], "x", 1) && !"survived");
    }
    CHECK(guest_wait_signal(child) == SIGPIPE);
    printf("child %d\n", child);
    return guest_success();
}
