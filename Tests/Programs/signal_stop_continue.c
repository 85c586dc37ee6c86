// SIGSTOP and SIGCONT of a child, seen through WUNTRACED and WCONTINUED; SIGTSTP too.
#include "guest.h"

int main(void) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        while (true) pause();
    int status;
    static const int stops[] = {SIGSTOP, SIGTSTP, SIGSTOP};
    for (int i = 0; i < 3; i++) {
        CHECK(kill(child, stops[i]) == 0);
        CHECK(waitpid(child, &status, WUNTRACED) == child);
        if (WIFSTOPPED(status)) {
            CHECK(WSTOPSIG(status) == stops[i]);
            CHECK(guest_state(child, child) == 'T' || guest_state(child, child) == 't');
        }
        CHECK(kill(child, SIGCONT) == 0);
        CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
    }
    CHECK(kill(child, SIGKILL) == 0);
    CHECK(guest_wait_signal(child) == SIGKILL);
    printf("child %d\n", child);
    return guest_success();
}
