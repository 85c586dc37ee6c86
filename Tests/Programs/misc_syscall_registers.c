// A system call keeps all registers but rax, rcx and r11, and the direction and carry flags.
#include "guest.h"

int main(void) {
    uint64_t in[9], out[9], flags;
    CHECK(syscall(SYS_getrandom, in, sizeof in, 0) == sizeof in);
    register uint64_t *target __asm__("r13") = out;
    __asm__ volatile(
        "push %%rbp; push %%rbx; mov %[in], %%rax;"
        "mov (%%rax), %%rbx; mov 8(%%rax), %%rdx; mov 16(%%rax), %%r8; mov 24(%%rax), %%r9; mov 32(%%rax), %%r10;"
        "mov 40(%%rax), %%r12; mov 48(%%rax), %%r14; mov 56(%%rax), %%r15; mov 64(%%rax), %%rbp;"
        "mov $39, %%eax; stc; std; syscall; pushfq; pop %%r11; cld; mov %%r13, %%rax;"
        "mov %%rbx, (%%rax); mov %%rdx, 8(%%rax); mov %%r8, 16(%%rax); mov %%r9, 24(%%rax); mov %%r10, 32(%%rax);"
        "mov %%r12, 40(%%rax); mov %%r14, 48(%%rax); mov %%r15, 56(%%rax); mov %%rbp, 64(%%rax);"
        "pop %%rbx; pop %%rbp; mov %%r11, %[flags]"
        : [flags] "=&D"(flags)
        : [in] "S"(in), "r"(target)
        : "rax", "rcx", "rdx", "r8", "r9", "r10", "r11", "r12", "r14", "r15", "memory", "cc");
    CHECK(memcmp(in, out, sizeof in) == 0);
    CHECK((flags & 0x401) == 0x401);
    printf("%016lx\n", guest_hash(out, sizeof out));
    return guest_success();
}
