// Anonymous private memory: zeroed, at an address of the kernel's choice, copied by fork.
#include "guest.h"

int main(void) {
    size_t size = 256 * 1024;
    unsigned char *memory = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    for (size_t i = 0; i < size; i++) CHECK(memory[i] == 0);
    CHECK(syscall(SYS_getrandom, memory, size, 0) == (long)size);
    uint64_t hash = guest_hash(memory, size);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(guest_hash(memory, size) == hash);
        memset(memory, 0, size);
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(guest_hash(memory, size) == hash);
    printf("%p holds %016lx\n", (void *)memory, hash);
    CHECK(munmap(memory, size) == 0);
    return guest_success();
}
