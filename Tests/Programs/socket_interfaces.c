// ioctls of a socket: SIOCGIFCONF writes through a pointer in its structure, FIONBIO, FIOCLEX.
#include "guest.h"

#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

int main(void) {
    int fd = socket(AF_INET, SOCK_DGRAM, 0), on = 1;
    CHECK(fd >= 0);
    struct ifreq requests[16];
    memset(requests, 0, sizeof requests);
    struct ifconf configuration = {.ifc_len = sizeof requests, .ifc_req = requests};
    CHECK(ioctl(fd, SIOCGIFCONF, &configuration) == 0);
    CHECK(configuration.ifc_len % (int)sizeof *requests == 0);
    int count = configuration.ifc_len / (int)sizeof *requests;
    for (int i = 0; i < count; i++) {
        CHECK(ioctl(fd, SIOCGIFFLAGS, &requests[i]) == 0);
        printf("%s flags %x\n", requests[i].ifr_name, requests[i].ifr_flags);
        CHECK(if_nametoindex(requests[i].ifr_name) > 0);
    }
    CHECK(ioctl(fd, FIONBIO, &on) == 0 && (fcntl(fd, F_GETFL) & O_NONBLOCK));
    CHECK(ioctl(fd, FIOCLEX) == 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC);
    CHECK(ioctl(fd, 0xdeadbeef, &on) == -1 && (errno == ENOTTY || errno == EINVAL));
    printf("%d interfaces seen by %d\n", count, getpid());
    return guest_success();
}
