// process_vm_readv and process_vm_writev between a parent and its child.
#include "guest.h"

int main(void) {
    static char local[64];
    int ready[2], done[2];
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    snprintf(local, sizeof local, "parent %d", getpid());
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        snprintf(local, sizeof local, "child %d %016lx", getpid(), guest_random());
        guest_signal(ready[1]);
        guest_await(done[0]);
        printf("child now has %s\n", local);
        _exit(0);
    }
    guest_await(ready[0]);
    char copy[64];
    struct iovec own[] = {{copy, 10}, {copy + 10, 54}}, other = {local, 64};
    ssize_t count = process_vm_readv(child, own, 2, &other, 1, 0);
    if (count == -1) {
        CHECK(errno == EPERM || errno == ENOSYS);
        printf("not allowed: errno %d\n", errno);
    } else {
        CHECK(count == 64);
        printf("read %s\n", copy);
        struct iovec from = {"a word from the parent", 23};
        CHECK(process_vm_writev(child, &from, 1, &other, 1, 0) == 23);
    }
    guest_signal(done[1]);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
