// Code that cannot be written is written through /proc/self/mem, and executed before and after.
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
    // cpuid with its result in eax: push %rbx; xor %eax, %eax; cpuid; pop %rbx; ret
    static const unsigned char identify[] = {0x53, 0x31, 0xc0, 0x0f, 0xa2, 0x5b, 0xc3};
    memcpy(memory + 64, identify, sizeof identify);
    CHECK(mprotect(memory, PAGE, PROT_READ | PROT_EXEC) == 0);
    int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    unsigned (*number)(void) = (unsigned (*)(void))(uintptr_t)memory;
    unsigned (*leaves)(void) = (unsigned (*)(void))(uintptr_t)(memory + 64);
    CHECK(number() == 1);
    unsigned first = leaves();
    for (int i = 0; i < 5; i++) {
        unsigned char code[6];
        uint32_t wanted = (uint32_t)guest_random();
        make(code, wanted);
        // Over the other instruction, and back.
        off_t place = (off_t)(uintptr_t)memory + (i % 2 == 0 ? 0 : 64);
        if (pwrite(fd, code, sizeof code, place) != sizeof code) {
            CHECK(errno == EIO);
            puts("not allowed");
            return guest_success();
        }
        CHECK((i % 2 == 0 ? number : leaves)() == wanted);
        printf("%08x\n", wanted);
        if (i % 2 != 0) {
            CHECK(pwrite(fd, identify, sizeof identify, place) == sizeof identify);
            CHECK(leaves() == first);
        }
    }
    printf("%u\n", first);
    return guest_success();
}
