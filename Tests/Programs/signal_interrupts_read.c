// A handler without SA_RESTART makes a blocked read fail with EINTR; with SA_RESTART the read goes on.
#include "guest.h"

static volatile int handled;
static int data[2];

static void handler(int signal) {
    (void)signal;
    handled++;
}

static pid_t interrupt_when_blocked(pid_t parent, bool then_write) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child > 0) return child;
    for (int i = 0; i < 3; i++) {
        guest_await_state(parent, parent, 'S');
        CHECK(kill(parent, SIGUSR1) == 0);
        if (!then_write) break;
        guest_sleep_ms(2);
    }
    if (then_write) CHECK(dprintf(data[1], "from %d", getpid()) > 0);
    _exit(0);
}

int main(void) {
    char text[64] = "";
    CHECK(pipe(data) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    pid_t child = interrupt_when_blocked(getpid(), false);
    CHECK(read(data[0], text, sizeof text) == -1 && errno == EINTR && handled == 1);
    CHECK(guest_wait_exit(child) == 0);

    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    child = interrupt_when_blocked(getpid(), true);
    CHECK(read(data[0], text, sizeof text) > 0);
    CHECK(handled >= 2);
    CHECK(guest_wait_exit(child) == 0);
    printf("%s\n", text);
    return guest_success();
}
