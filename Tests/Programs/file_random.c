// Random bytes of getrandom, /dev/urandom and getentropy.
#include "guest.h"

#include <sys/random.h>

int main(void) {
    unsigned char bytes[5][16];
    memset(bytes, 0, sizeof bytes);
    CHECK(getrandom(bytes[0], 16, 0) == 16);
    CHECK(getrandom(bytes[1], 16, GRND_NONBLOCK) == 16);
    CHECK(getentropy(bytes[2], 16) == 0);
    int fd = open("/dev/urandom", O_RDONLY);
    CHECK(fd >= 0 && read(fd, bytes[3], 16) == 16);
    CHECK(syscall(SYS_getrandom, bytes[4], 7, 0) == 7 && bytes[4][7] == 0);
    for (int i = 0; i < 5; i++) {
        for (int j = 0; j < 16; j++) printf("%02x", bytes[i][j]);
        printf("\n");
    }
    return guest_success();
}
