// A static position independent program relocates itself.
// cflags: -static-pie
#include "guest.h"

static const char *const words[] = {"one", "two", "three"};

int main(void) {
    for (int i = 0; i < 3; i++) printf("%s at %p\n", words[i], (void *)words[i]);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(6);
    CHECK(guest_wait_exit(child) == 6);
    printf("child %d\n", child);
    return guest_success();
}
