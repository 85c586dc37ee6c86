// The kernel runs the interpreter named in a script's first line, with the script as its argument.
#include "guest.h"

int main(void) {
    pid_t child;
    close(guest_file("script", "#!/bin/sh -e\necho \"$0 $1 in $$\"\nexit 6\n"));
    CHECK(chmod("script", 0755) == 0);
    child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        execl("./script", "ignored", "word", (char *)NULL);
        _exit(127);
    }
    CHECK(guest_wait_exit(child) == 6);
    printf("script was %d\n", child);
    return guest_success();
}
