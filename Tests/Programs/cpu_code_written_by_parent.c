// A parent writes its child's code through /proc/PID/mem, as debuggers do: over an instruction that a recorder has replaced,
// and elsewhere.
#include "guest.h"

enum { PAGE = 4096 };

// mov $number, %eax; ret
static void make(unsigned char *code, uint32_t number) {
    code[0] = 0xb8;
    memcpy(code + 1, &number, 4);
    code[5] = 0xc3;
}

int main(void) {
    unsigned char *memory = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    make(memory, 1);
    // push %rbx; xor %eax, %eax; cpuid; pop %rbx; ret, twice
    static const unsigned char identify[] = {0x53, 0x31, 0xc0, 0x0f, 0xa2, 0x5b, 0xc3};
    memcpy(memory + 64, identify, sizeof identify);
    memcpy(memory + 128, identify, sizeof identify);
    CHECK(mprotect(memory, PAGE, PROT_READ | PROT_EXEC) == 0);
    unsigned (*functions[3])(void) = {
        (unsigned (*)(void))(uintptr_t)memory, (unsigned (*)(void))(uintptr_t)(memory + 64),
        (unsigned (*)(void))(uintptr_t)(memory + 128),
    };
    int ready[2], go[2];
    CHECK(pipe(ready) == 0 && pipe(go) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int round = 0; round < 4; round++) {
            for (int i = 0; i < 3; i++) printf("round %d, function %d: %08x\n", round, i, functions[i]());
            guest_signal(ready[1]);
            guest_await(go[0]);
        }
        _exit(0);
    }
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0 || errno == EACCES || errno == EPERM);
    bool is_allowed = fd >= 0;
    for (int round = 0; round < 4; round++) {
        guest_await(ready[0]);
        unsigned char code[6];
        make(code, (uint32_t)guest_random() | 0x80000000);
        // In the last round from the middle of an instruction on: 0f a2 becomes 0f 1f 00, which does nothing.
        static const unsigned char nothing[] = {0x1f, 0x00, 0x5b, 0xc3};
        off_t place = (off_t)(uintptr_t)memory;
        if (is_allowed && round < 2) is_allowed = pwrite(fd, code, sizeof code, place + round * 64) == sizeof code;
        if (is_allowed && round == 2) {
            is_allowed = pwrite(fd, nothing, sizeof nothing, place + 128 + 4) == sizeof nothing;
        }
        guest_signal(go[1]);
    }
    CHECK(guest_wait_exit(child) == 0);
    printf("%s\n", is_allowed ? "written" : "not allowed");
    return guest_success();
}
