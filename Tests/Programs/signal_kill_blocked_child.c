// SIGKILL ends a child blocked in read, one blocked in a futex, and one that is stopped.
#include "guest.h"

#include <linux/futex.h>

int main(void) {
    for (int i = 0; i < 3; i++) {
        int never[2];
        CHECK(pipe(never) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            char byte;
            uint32_t word = 1;
            if (i == 0) CHECK(read(never[0], &byte, 1) && !"read returned");
            if (i == 1) syscall(SYS_futex, &word, FUTEX_WAIT_PRIVATE, 1, NULL, NULL, 0);
            if (i == 2) raise(SIGSTOP);
            _exit(1);
        }
        // Not through /proc: a stopped child that is traced shows another letter there.
        siginfo_t info;
        if (i == 2) CHECK(waitid(P_PID, (id_t)child, &info, WSTOPPED) == 0);
        else guest_await_state(child, child, 'S');
        CHECK(kill(child, SIGKILL) == 0);
        CHECK(guest_wait_signal(child) == SIGKILL);
        printf("killed %d\n", child);
    }
    return guest_success();
}
