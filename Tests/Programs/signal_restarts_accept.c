// With SA_RESTART an accept goes on after a handler.
#include "guest.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

static volatile int *handled;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    ++*handled;
}

int main(void) {
    handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    socklen_t length = sizeof name;
    int listening = socket(AF_UNIX, SOCK_STREAM, 0);
    CHECK(handled != MAP_FAILED && listening >= 0);
    CHECK(bind(listening, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0 && listen(listening, 1) == 0);
    CHECK(getsockname(listening, (struct sockaddr *)&name, &length) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 1; i <= 3; i++) {
            guest_await_state(parent, parent, 'S');
            CHECK(kill(parent, SIGUSR1) == 0);
            while (*handled < i) guest_sleep_ms(1);
        }
        int connected = socket(AF_UNIX, SOCK_STREAM, 0);
        CHECK(connect(connected, (struct sockaddr *)&name, length) == 0);
        guest_signal(connected);
        _exit(0);
    }
    int accepted = accept(listening, NULL, NULL);
    CHECK(accepted >= 0 && *handled == 3);
    guest_await(accepted);
    CHECK(guest_wait_exit(child) == 0);
    printf("accepted %d from %d\n", accepted, child);
    return guest_success();
}
