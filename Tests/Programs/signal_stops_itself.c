// A child that stops itself by raise, and one killed while it is stopped.
#include "guest.h"

int main(void) {
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            printf("%d stops\n", getpid());
            raise(SIGSTOP);
            printf("%d goes on\n", getpid());
            _exit(8);
        }
        siginfo_t info;
        CHECK(waitid(P_PID, (id_t)child, &info, WSTOPPED) == 0);
        CHECK(info.si_code == CLD_STOPPED && info.si_status == SIGSTOP);
        CHECK(kill(child, i == 0 ? SIGCONT : SIGKILL) == 0);
        if (i == 0) CHECK(guest_wait_exit(child) == 8);
        else CHECK(guest_wait_signal(child) == SIGKILL);
    }
    return guest_success();
}
