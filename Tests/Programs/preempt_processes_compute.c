// Three children compute at the same time while their parent waits; the order of their ends shows in the output.
#include "guest.h"

int main(void) {
    uint64_t seed = guest_random();
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        CHECK((children[i] = fork()) >= 0);
        if (children[i] != 0) continue;
        volatile uint64_t value = seed;
        for (int k = 0; k < 20000000; k++) value = value * 6364136223846793005 + (uint64_t)i;
        _exit((int)(value >> 57));
    }
    for (int i = 0; i < 3; i++) {
        int status;
        pid_t child = wait(&status);
        CHECK(child > 0 && WIFEXITED(status));
        int number = child == children[0] ? 0 : child == children[1] ? 1 : 2;
        printf("child %d returns %d\n", number, WEXITSTATUS(status));
    }
    return guest_success();
}
