// memfd_create: anonymous files, seals.
#include "guest.h"

int main(void) {
    int fd = memfd_create("guest", MFD_ALLOW_SEALING | MFD_CLOEXEC);
    CHECK(fd >= 0);
    uint64_t value = guest_random(), back;
    CHECK(write(fd, &value, sizeof value) == sizeof value);
    CHECK(pread(fd, &back, sizeof back, 0) == sizeof back && back == value);
    CHECK(fcntl(fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_WRITE) == 0);
    CHECK(fcntl(fd, F_GET_SEALS) == (F_SEAL_SHRINK | F_SEAL_WRITE));
    CHECK(write(fd, "x", 1) == -1 && errno == EPERM);
    CHECK(ftruncate(fd, 1) == -1 && errno == EPERM);
    printf("%016lx\n", back);
    return guest_success();
}
