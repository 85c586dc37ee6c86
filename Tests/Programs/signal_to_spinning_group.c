// One kill to a process group of three spinning children: each handles it, then one more kill ends all.
#include "guest.h"

static volatile uint64_t *words;
static int own;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    words[8 + own] = words[own] + 1;
}

int main(void) {
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(words != MAP_FAILED);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    pid_t children[3];
    for (own = 0; own < 3; own++) {
        CHECK((children[own] = fork()) >= 0);
        if (children[own] == 0)
            for (;;) words[own]++;
        CHECK(setpgid(children[own], children[0]) == 0);
    }
    for (int i = 0; i < 3; i++)
        while (words[i] == 0) sched_yield();
    CHECK(kill(-children[0], SIGUSR1) == 0);
    for (int i = 0; i < 3; i++)
        while (words[8 + i] == 0) sched_yield();
    CHECK(kill(-children[0], SIGTERM) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(guest_wait_signal(children[i]) == SIGTERM);
        printf("child %d handled at %lu and died at %lu\n", i, words[8 + i], words[i]);
    }
    return guest_success();
}
