// 200 short children one after the other.
#include "guest.h"

int main(void) {
    uint64_t sum = 0;
    for (int i = 0; i < 200; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) _exit(i & 0x7f);
        CHECK(guest_wait_exit(child) == (i & 0x7f));
        sum = sum * 31 + (uint64_t)child;
    }
    printf("ids %016lx\n", sum);
    return guest_success();
}
