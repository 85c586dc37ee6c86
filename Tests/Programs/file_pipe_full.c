// A writer blocks on a full pipe until the reader in another process empties it.
#include "guest.h"

int main(void) {
    int data[2], go[2];
    static char block[65536];
    CHECK(pipe2(data, O_CLOEXEC) == 0 && pipe(go) == 0);
    int size = fcntl(data[1], F_SETPIPE_SZ, 4096);
    CHECK(size == 4096);
    uint64_t seed = guest_random();
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        close(data[1]);
        guest_await_state(parent, parent, 'S');
        size_t total = 0;
        uint64_t hash = 0;
        ssize_t count;
        while ((count = read(data[0], block, 3000)) > 0) {
            total += (size_t)count;
            for (ssize_t i = 0; i < count; i++) hash = hash * 31 + (unsigned char)block[i];
        }
        CHECK(count == 0 && total == sizeof block);
        printf("child read %zu bytes, %016lx\n", total, hash);
        _exit(0);
    }
    close(data[0]);
    for (size_t i = 0; i < sizeof block; i++) block[i] = (char)(seed >> (i % 57));
    CHECK(write(data[1], block, sizeof block) == sizeof block);
    close(data[1]);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
