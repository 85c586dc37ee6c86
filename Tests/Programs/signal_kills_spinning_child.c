// SIGKILL and SIGTERM end spinning children; how far they came shows in the output.
#include "guest.h"

int main(void) {
    volatile uint64_t *turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turns != MAP_FAILED);
    static const int signals[] = {SIGKILL, SIGTERM, SIGKILL, SIGHUP};
    for (int i = 0; i < 4; i++) {
        turns[0] = 0;
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0)
            for (;;) ++*turns;
        while (*turns < 100000) sched_yield();
        CHECK(kill(child, signals[i]) == 0);
        CHECK(guest_wait_signal(child) == signals[i]);
        printf("signal %d after %lu turns\n", signals[i], *turns);
    }
    return guest_success();
}
