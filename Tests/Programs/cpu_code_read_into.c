// System calls write code to memory that is executable, and has been executed: read, pread, readv, recv.
#include "processor.h"

#include <sys/socket.h>

int main(void) {
    uint64_t mask = enabled_mask();
    unsigned char *code = mmap(NULL, 8192, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return guest_success();  // Some systems forbid it.
    // mov $1, %eax; ret, and the other one behind it
    static const unsigned char one[] = {0xb8, 1, 0, 0, 0, 0xc3};
    unsigned char both[sizeof one + sizeof mask_code];
    memcpy(both, one, sizeof one), memcpy(both + sizeof one, mask_code, sizeof mask_code);
    int file = guest_file("code", ""), sockets[2];
    CHECK(unlink("code") == 0);
    CHECK(write(file, both, sizeof both) == sizeof both);
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    ssize_t whole = sizeof both;
    for (int round = 0; round < 16; round++) {
        unsigned char *place = code + 256 * round;
        // The page was executed with other contents.
        memcpy(place, mask_code, sizeof mask_code);
        CHECK(mask_by(place) == mask);
        struct iovec parts[] = {{place, 3}, {place + 3, sizeof both - 3}};
        switch (round % 4) {
        case 0: CHECK(lseek(file, 0, SEEK_SET) == 0 && read(file, place, sizeof both) == whole); break;
        case 1: CHECK(pread(file, place, sizeof both, 0) == whole); break;
        case 2: CHECK(preadv(file, parts, 2, 0) == whole); break;
        default:
            CHECK(send(sockets[0], both, sizeof both, 0) == whole);
            CHECK(recv(sockets[1], place, sizeof both, MSG_WAITALL) == whole);
        }
        CHECK(((mask_function *)(uintptr_t)place)() == 1);
        CHECK(mask_by(place + sizeof one) == mask);
    }
    printf("%lx\n", mask);
    return guest_success();
}
