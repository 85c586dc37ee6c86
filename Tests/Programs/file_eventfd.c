// eventfd as a counter and as a semaphore between processes.
#include "guest.h"

#include <sys/eventfd.h>

int main(void) {
    int counter = eventfd(3, EFD_NONBLOCK), semaphore = eventfd(0, EFD_SEMAPHORE);
    CHECK(counter >= 0 && semaphore >= 0);
    uint64_t value = 4;
    CHECK(write(counter, &value, sizeof value) == sizeof value);
    CHECK(read(counter, &value, sizeof value) == sizeof value && value == 7);
    CHECK(read(counter, &value, sizeof value) == -1 && errno == EAGAIN);
    CHECK(read(counter, &value, 4) == -1 && errno == EINVAL);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 3; i++) {
            CHECK(read(semaphore, &value, sizeof value) == sizeof value && value == 1);
            printf("%d passed %d\n", getpid(), i);
        }
        _exit(0);
    }
    value = 1;
    CHECK(write(semaphore, &value, sizeof value) == sizeof value);
    value = 2;
    CHECK(write(semaphore, &value, sizeof value) == sizeof value);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
