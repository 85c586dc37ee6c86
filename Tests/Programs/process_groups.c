// Process groups: setpgid, kill to a group, wait for a group.
#include "guest.h"

int main(void) {
    int ready[2];
    CHECK(pipe(ready) == 0);
    pid_t leader = 0, members[3];
    for (int i = 0; i < 3; i++) {
        members[i] = fork();
        CHECK(members[i] >= 0);
        if (members[i] == 0) {
            CHECK(setpgid(0, leader) == 0);
            guest_signal(ready[1]);
            while (true) pause();
        }
        guest_await(ready[0]);
        if (i == 0) leader = members[0];
        CHECK(getpgid(members[i]) == leader);
    }
    CHECK(getpgrp() != leader);
    CHECK(kill(-leader, SIGTERM) == 0);
    for (int i = 0; i < 3; i++) {
        int status;
        pid_t ended = waitpid(-leader, &status, 0);
        CHECK(ended == members[0] || ended == members[1] || ended == members[2]);
        CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGTERM);
        printf("%d of group %d\n", ended, leader);
    }
    CHECK(waitpid(-leader, NULL, 0) == -1 && errno == ECHILD);
    return guest_success();
}
