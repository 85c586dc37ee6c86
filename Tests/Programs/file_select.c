// select and pselect write their sets and the remaining time.
#include "guest.h"

#include <sys/select.h>

int main(void) {
    int one[2], two[2];
    CHECK(pipe(one) == 0 && pipe(two) == 0);
    fd_set readers, writers;
    FD_ZERO(&readers);
    FD_ZERO(&writers);
    FD_SET(one[0], &readers), FD_SET(two[0], &readers), FD_SET(two[1], &writers);
    CHECK(write(one[1], "x", 1) == 1);
    struct timeval limit = {5, 0};
    CHECK(select(two[1] + 1, &readers, &writers, NULL, &limit) == 2);
    CHECK(FD_ISSET(one[0], &readers) && !FD_ISSET(two[0], &readers) && FD_ISSET(two[1], &writers));
    printf("left %ld.%06ld\n", limit.tv_sec, limit.tv_usec);
    FD_ZERO(&readers);
    FD_SET(two[0], &readers);
    struct timespec pause = {0, 3000000};
    sigset_t mask;
    sigemptyset(&mask);
    CHECK(pselect(two[0] + 1, &readers, NULL, NULL, &pause, &mask) == 0);
    CHECK(!FD_ISSET(two[0], &readers));
    limit = (struct timeval){0, 2000};
    CHECK(select(0, NULL, NULL, NULL, &limit) == 0 && limit.tv_sec == 0 && limit.tv_usec == 0);
    return guest_success();
}
