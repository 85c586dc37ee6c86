// A thread is caught in a jump to itself until another thread, after some computation, overwrites the jump.
// libs: -lpthread
#include "compete.h"

static volatile uint16_t *code;
static volatile uint64_t value = 1;

static void *work(void *argument) {
    for (int i = 0; i < 5000000; i++) value = value * 6364136223846793005 + 1;
    *code = 0x9066;  // A nop of two bytes.
    return argument;
}

int main(void) {
    code = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (code == MAP_FAILED) return guest_success();  // Some systems forbid it.
    code[1] = 0xc3;  // ret
    for (int round = 0; round < 4; round++) {
        pthread_t thread;
        code[0] = 0xfeeb;  // jmp to itself
        CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
        ((void (*)(void))(uintptr_t)code)();
        uint64_t seen = value;
        CHECK(pthread_join(thread, NULL) == 0 && seen == value);
        printf("released at %016lx\n", seen);
    }
    return guest_success();
}
