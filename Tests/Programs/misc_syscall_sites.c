// The system call instruction in many dresses: numbers in different ways, jumps to it, prefixes, at a page's end.
#include "guest.h"

int main(void) {
    pid_t pid = getpid();
    long a, b, c, d, e;
    __asm__ volatile("mov $39, %%eax; syscall" : "=a"(a)::"rcx", "r11", "memory");
    __asm__ volatile("xor %%eax, %%eax; add $39, %%al; syscall" : "=a"(b)::"rcx", "r11", "memory", "cc");
    __asm__ volatile("push $39; pop %%rax; nop; syscall" : "=a"(c)::"rcx", "r11", "memory");
    // A jump into the middle of the usual pair, from a site that set another number.
    __asm__ volatile("mov $186, %%eax; jmp 1f; mov $39, %%eax; 1: syscall" : "=a"(d)::"rcx", "r11", "memory");
    __asm__ volatile("mov $39, %%eax; lea 1f(%%rip), %%rdx; jmp *%%rdx; 1: syscall; nop"
                     : "=a"(e)::"rcx", "rdx", "r11", "memory");
    CHECK(a == pid && b == pid && c == pid && d == gettid() && e == pid);
    for (int i = 0; i < 100; i++) {
        // The same site with numbers that alternate: getpid, getppid, gettid.
        static const int numbers[] = {SYS_getpid, SYS_getppid, SYS_gettid};
        long result, after, flags;
        __asm__ volatile("syscall; mov %%rcx, %1; mov %%r11, %2"
                         : "=a"(result), "=r"(after), "=r"(flags)
                         : "a"(numbers[i % 3])
                         : "rcx", "r11", "memory");
        CHECK(result == (i % 3 == 1 ? getppid() : pid));
        CHECK(after != 0 && (flags & 0x202) == 0x202);  // The kernel leaves rip in rcx and the flags in r11.
    }
    printf("%ld %d\n", a, getppid());
    return guest_success();
}
