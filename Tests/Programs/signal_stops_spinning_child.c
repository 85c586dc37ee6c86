// SIGSTOP and SIGCONT of a spinning child: while it is stopped it makes no turns.
#include "guest.h"

int main(void) {
    volatile uint64_t *turns = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(turns != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0)
        for (;;) ++*turns;
    for (int i = 0; i < 4; i++) {
        int status;
        uint64_t before = *turns;
        while (*turns == before) sched_yield();
        CHECK(kill(child, SIGSTOP) == 0);
        CHECK(waitpid(child, &status, WUNTRACED) == child && WIFSTOPPED(status));
        before = *turns;
        guest_sleep_ms(5);
        CHECK(*turns == before);
        CHECK(kill(child, SIGCONT) == 0);
        CHECK(waitpid(child, &status, WCONTINUED) == child && WIFCONTINUED(status));
        printf("stopped at %lu\n", before);
    }
    CHECK(kill(child, SIGKILL) == 0 && guest_wait_signal(child) == SIGKILL);
    return guest_success();
}
