// Code written by hand: into a writable page made executable, rewritten, and into a page that is both.
#include "guest.h"

// mov $value, %eax; ret
static void emit(unsigned char *code, uint32_t value) {
    code[0] = 0xb8;
    memcpy(code + 1, &value, 4);
    code[5] = 0xc3;
}

int main(void) {
    unsigned char *code = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(code != MAP_FAILED);
    uint32_t (*call)(void) = (uint32_t(*)(void))code;
    for (int round = 0; round < 5; round++) {
        uint32_t value = (uint32_t)guest_random();
        CHECK(mprotect(code, 4096, PROT_READ | PROT_WRITE) == 0);
        emit(code, value);
        CHECK(mprotect(code, 4096, PROT_READ | PROT_EXEC) == 0);
        CHECK(call() == value);
        printf("%p returns %08x\n", (void *)code, call());
    }
    unsigned char *both = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (both == MAP_FAILED) return guest_success();  // Some systems forbid it.
    call = (uint32_t(*)(void))both;
    for (uint32_t i = 0; i < 100; i++) {
        emit(both, i);
        CHECK(call() == i);
    }
    return guest_success();
}
