// A receive time-out ends a blocked recv with EAGAIN.
#include "guest.h"

#include <sys/socket.h>
#include <sys/time.h>

int main(void) {
    int ends[2];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, ends) == 0);
    struct timeval limit = {0, 10000};
    CHECK(setsockopt(ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    struct timespec before, after;
    clock_gettime(CLOCK_MONOTONIC, &before);
    char buffer[8] = "1234567";
    CHECK(recv(ends[0], buffer, sizeof buffer, 0) == -1 && errno == EAGAIN);
    clock_gettime(CLOCK_MONOTONIC, &after);
    long elapsed = (after.tv_sec - before.tv_sec) * 1000000000 + after.tv_nsec - before.tv_nsec;
    CHECK(elapsed >= 9000000 && strcmp(buffer, "1234567") == 0);
    printf("%ld ns\n", elapsed);
    return guest_success();
}
