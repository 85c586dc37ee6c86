// process_vm_writev into memory that is writable and executable, after it was executed: a process's own, and its child's.
#include "guest.h"

enum { PAGE = 4096 };

// mov $number, %eax; ret
static void make(unsigned char *code, uint32_t number) {
    code[0] = 0xb8;
    memcpy(code + 1, &number, 4);
    code[5] = 0xc3;
}

int main(void) {
    unsigned char *memory =
        mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    // Over the border of two pages; the third one is for data.
    unsigned char *code = memory + PAGE - 3;
    make(code, 1);
    unsigned (*number)(void) = (unsigned (*)(void))(uintptr_t)code;
    CHECK(mprotect(memory + 2 * PAGE, PAGE, PROT_READ | PROT_WRITE) == 0);
    CHECK(number() == 1);
    for (int i = 0; i < 5; i++) {
        unsigned char made[6 + PAGE];
        uint32_t wanted = (uint32_t)guest_random();
        make(made, wanted);
        memset(made + 6, i, PAGE);
        // In pieces, from one that is in no code to one that is in none.
        struct iovec from[] = {{made + 6, 10}, {made, 4}, {made + 4, 2}, {made + 6, 100}};
        struct iovec to[] = {{memory + 2 * PAGE, 10}, {code, 6}, {memory + 2 * PAGE + 50, 100}};
        ssize_t done = process_vm_writev(getpid(), from, 4, to, 3, 0);
        if (done == -1) {
            CHECK(errno == EPERM || errno == ENOSYS);
            puts("not allowed");
            return guest_success();
        }
        CHECK(done == 116);
        CHECK(number() == wanted && number() == wanted);
        printf("%08x %d %d\n", wanted, memory[2 * PAGE + 9], memory[2 * PAGE + 149]);
    }
    int ready[2], go[2];
    CHECK(pipe(ready) == 0 && pipe(go) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 0; i < 5; i++) {
            printf("child %08x\n", number());
            guest_signal(ready[1]);
            guest_await(go[0]);
        }
        _exit(0);
    }
    for (int i = 0; i < 5; i++) {
        guest_await(ready[0]);
        unsigned char made[6];
        make(made, (uint32_t)guest_random());
        struct iovec from = {made, 6}, to = {code, 6};
        CHECK(process_vm_writev(child, &from, 1, &to, 1, 0) == 6);
        guest_signal(go[1]);
    }
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
