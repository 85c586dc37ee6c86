// Requests and options that nobody knows, of descriptors that are not open or of the wrong kind: EBADF and ENOTSOCK come
// before what else there is to say.
#include "guest.h"

#include <sys/ioctl.h>
#include <sys/socket.h>

static void show(const char *what, long result) { printf("%s: %ld errno %d\n", what, result, result < 0 ? errno : 0); }

int main(void) {
    char buffer[64] = "";
    int path = open("/", O_PATH | O_CLOEXEC), file = open("/dev/null", O_RDWR | O_CLOEXEC);
    CHECK(path >= 0 && file >= 0);
    unsigned requests[] = {0x1234, 0x54ff, 0xae00, 0xc0101234, 0x40206b00, 0x8946, 0x89f3};
    for (size_t i = 0; i < sizeof requests / sizeof *requests; i++) {
        CHECK(ioctl(-1, requests[i], buffer) == -1 && errno == EBADF);
        CHECK(ioctl(999, requests[i], buffer) == -1 && errno == EBADF);
        CHECK(ioctl(path, requests[i], buffer) == -1 && errno == EBADF);
        CHECK(ioctl(file, requests[i], buffer) == -1 && errno == ENOTTY);
    }
    CHECK(fcntl(999, 12345, 0) == -1 && errno == EBADF);
    show("fcntl", fcntl(file, 12345, 0));
    CHECK(setsockopt(999, 263, 5, buffer, 16) == -1 && errno == EBADF);
    CHECK(setsockopt(file, 263, 5, buffer, 16) == -1 && errno == ENOTSOCK);
    socklen_t length = 40;
    CHECK(getsockopt(999, 6, 35, buffer, &length) == -1 && errno == EBADF);
    CHECK(getsockopt(file, 6, 35, buffer, &length) == -1 && errno == ENOTSOCK);
    return guest_success();
}
