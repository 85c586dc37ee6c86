// A file mapped shared by parent and child, both store into it, and read(2) gives the sum of their stores.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", ""), turn[2], back[2];
    CHECK(ftruncate(fd, 8192) == 0);
    CHECK(pipe(turn) == 0 && pipe(back) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    unsigned char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(mapped != MAP_FAILED);
    if (child == 0) {
        guest_await(turn[0]);
        CHECK(mapped[0] == 'p');
        for (int i = 1; i < 8192; i += 2) mapped[i] = (unsigned char)(mapped[i - 1] + getpid());
        guest_signal(back[1]);
        _exit(0);
    }
    for (int i = 0; i < 8192; i += 2) mapped[i] = (unsigned char)('p' + i * getpid());
    mapped[0] = 'p';
    guest_signal(turn[1]);
    guest_await(back[0]);
    unsigned char bytes[8192];
    CHECK(pread(fd, bytes, sizeof bytes, 0) == sizeof bytes);
    CHECK(memcmp(bytes, mapped, sizeof bytes) == 0);
    for (int i = 1; i < 8192; i += 2) CHECK(bytes[i] == (unsigned char)(bytes[i - 1] + child));
    CHECK(guest_wait_exit(child) == 0);
    printf("%016lx\n", guest_hash(bytes, sizeof bytes));
    return guest_success();
}
