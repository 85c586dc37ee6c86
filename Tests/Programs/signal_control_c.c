// Control-C on a terminal reaches a busy program: the first is handled, the second one kills.
#include "guest.h"

static volatile uint64_t *words;

static void handler(int signal) {
    CHECK(signal == SIGINT);
    words[1] = words[0] + 1;
}

int main(void) {
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    CHECK(words != MAP_FAILED && master >= 0 && grantpt(master) == 0 && unlockpt(master) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(setsid() > 0 && open(ptsname(master), O_RDWR) >= 0 && close(master) == 0);
        CHECK(sigaction(SIGINT, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESETHAND}, NULL) == 0);
        for (;;) words[0]++;
    }
    while (words[0] < 1000) guest_sleep_ms(1);
    CHECK(write(master, "\3", 1) == 1);
    while (words[1] == 0) guest_sleep_ms(1);
    CHECK(write(master, "\3", 1) == 1);
    CHECK(guest_wait_signal(child) == SIGINT);
    printf("handled before %lu, died at %lu\n", words[1], words[0]);
    return guest_success();
}
