// Three processes add to one counter in shared memory by lock xadd; which values each got shows in the output.
#include "guest.h"

int main(void) {
    uint64_t *counter = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(counter != MAP_FAILED);
    pid_t children[3];
    for (int i = 0; i < 3; i++) {
        CHECK((children[i] = fork()) >= 0);
        if (children[i] != 0) continue;
        uint64_t seen = 0;
        for (int k = 0; k < 2000000; k++) seen = seen * 31 + __atomic_fetch_add(counter, 1, __ATOMIC_RELAXED);
        printf("process %d saw %016lx\n", i, seen);
        return 0;
    }
    for (int i = 0; i < 3; i++) CHECK(guest_wait_exit(children[i]) == 0);
    CHECK(*counter == 6000000);
    return guest_success();
}
