// Filters that look at arguments and at the instruction pointer.
#include "guest.h"

#include "filter.h"

__attribute__((noinline, noclone)) static long from_here(long number, long a) {
    long result;
    __asm__ volatile("syscall\nfrom_here_end:" : "=a"(result) : "a"(number), "D"(a) : "rcx", "r11", "memory");
    return result;
}
extern const char from_here_end[];

int main(void) {
    filter_prepare();
    uint64_t address = (uint64_t)from_here_end;
    CHECK(FILTER_INSTALL(
              0, FILTER_LOAD(nr), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getpgid, 1, 0),
              FILTER_RETURN(SECCOMP_RET_ALLOW), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 8),
              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)address, 0, 2), BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 12),
              BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, address >> 32, 1, 0), FILTER_RETURN(SECCOMP_RET_ERRNO | EXDEV),
              FILTER_LOAD(args[0]), BPF_JUMP(BPF_JMP | BPF_JGT | BPF_K, 100, 0, 1), FILTER_RETURN(SECCOMP_RET_ERRNO | EDOM),
              // The argument plus 1000.
              BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, SECCOMP_RET_ERRNO + 1000), BPF_STMT(BPF_RET | BPF_A, 0)) == 0);
    CHECK(syscall(SYS_getpgid, 0) == -1 && errno == EXDEV);
    CHECK(from_here(SYS_getpgid, 101) == -EDOM);
    CHECK(from_here(SYS_getpgid, 7) == -1007);
    CHECK(from_here(SYS_getpid, 0) == getpid());
    return guest_success();
}
