// With SA_RESTART a write to a full pipe goes on after a handler.
#include "guest.h"

static volatile int *handled;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    ++*handled;
}

int main(void) {
    int ends[2];
    char byte = 'x';
    handled = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(handled != MAP_FAILED && pipe(ends) == 0);
    CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    char bytes[4096] = {0};
    size_t total = 0;
    ssize_t count;
    while ((count = write(ends[1], bytes, sizeof bytes)) > 0) total += (size_t)count;
    CHECK(errno == EAGAIN && fcntl(ends[1], F_SETFL, 0) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 1; i <= 3; i++) {
            guest_await_state(parent, parent, 'S');
            CHECK(kill(parent, SIGUSR1) == 0);
            while (*handled < i) guest_sleep_ms(1);
        }
        guest_await_state(parent, parent, 'S');
        for (size_t left = total + 1; left > 0; left -= (size_t)count)
            CHECK((count = read(ends[0], bytes, left < sizeof bytes ? left : sizeof bytes)) > 0);
        _exit(bytes[(total % sizeof bytes)] == 'x' ? 5 : 1);
    }
    CHECK(write(ends[1], &byte, 1) == 1 && *handled == 3);
    CHECK(guest_wait_exit(child) == 5);
    printf("%zu bytes for %d\n", total, child);
    return guest_success();
}
