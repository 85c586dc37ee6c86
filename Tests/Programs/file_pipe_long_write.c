// One write of a megabyte into a pipe that a child reads, and packets of O_DIRECT pipes.
#include "guest.h"

int main(void) {
    enum { size = 1 << 20 };
    static unsigned char block[size];
    int data[2];
    CHECK(pipe(data) == 0);
    CHECK(syscall(SYS_getrandom, block, size, 0) == size);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(data[1]);
        static unsigned char copy[size];
        size_t total = 0;
        ssize_t count;
        while ((count = read(data[0], copy + total, size - total)) > 0) total += (size_t)count;
        CHECK(total == size && memcmp(copy, block, size) == 0);
        _exit(0);
    }
    CHECK(write(data[1], block, size) == size);
    close(data[1]);
    CHECK(guest_wait_exit(child) == 0);

    int packets[2];
    char buffer[64];
    CHECK(pipe2(packets, O_DIRECT) == 0);
    CHECK(write(packets[1], "one", 3) == 3 && write(packets[1], "three", 5) == 5);
    CHECK(read(packets[0], buffer, 64) == 3 && read(packets[0], buffer, 2) == 2);
    printf("%016lx\n", guest_hash(block, size));
    return guest_success();
}
