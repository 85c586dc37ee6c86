// The exit status of the program is the recorder's.
// expect-exit: 7
#include "guest.h"

int main(void) {
    printf("pid %d leaves with 7\n", getpid());
    guest_success();
    exit(7);
}
