// SIGCHLD: the handler learns which child ended how; SA_NOCLDWAIT leaves no zombies.
#include "guest.h"

static volatile int count;
static volatile siginfo_t infos[4];

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGCHLD && context != NULL && count < 4);
    infos[count++] = *info;
}

int main(void) {
    sigset_t set, old;
    CHECK(sigaction(SIGCHLD, &(struct sigaction){.sa_sigaction = handler, .sa_flags = SA_SIGINFO}, NULL) == 0);
    sigemptyset(&set), sigaddset(&set, SIGCHLD);
    CHECK(sigprocmask(SIG_BLOCK, &set, &old) == 0);
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            if (i == 1) kill(getpid(), SIGKILL);
            _exit(5);
        }
        while (count == i) sigsuspend(&old);
        CHECK(infos[i].si_pid == child && infos[i].si_code == (i == 1 ? CLD_KILLED : CLD_EXITED));
        CHECK(infos[i].si_status == (i == 1 ? SIGKILL : 5));
        CHECK(waitpid(child, NULL, WNOHANG) == child);
        printf("%d: code %d, status %d\n", child, infos[i].si_code, infos[i].si_status);
    }
    CHECK(sigaction(SIGCHLD, &(struct sigaction){.sa_handler = SIG_DFL, .sa_flags = SA_NOCLDWAIT}, NULL) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(0);
    CHECK(waitpid(child, NULL, 0) == -1 && errno == ECHILD);
    return guest_success();
}
