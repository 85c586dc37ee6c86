// wait for any of many children that end in an order of their own.
#include "guest.h"

int main(void) {
    enum { count = 10 };
    pid_t children[count];
    for (int i = 0; i < count; i++) {
        children[i] = fork();
        CHECK(children[i] >= 0);
        if (children[i] == 0) {
            guest_sleep_ms((i * 7) % count);
            _exit(i + 1);
        }
    }
    int seen = 0;
    for (int i = 0; i < count; i++) {
        int status;
        pid_t ended = wait(&status);
        CHECK(ended > 0 && WIFEXITED(status));
        int index = WEXITSTATUS(status) - 1;
        CHECK(children[index] == ended);
        CHECK(!(seen & 1 << index));
        seen |= 1 << index;
        printf("%d ended with %d\n", ended, index + 1);
    }
    CHECK(seen == (1 << count) - 1);
    return guest_success();
}
