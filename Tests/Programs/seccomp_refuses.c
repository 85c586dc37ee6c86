// Which filters are refused, and what PR_GET_SECCOMP says.
#include "guest.h"

#include "filter.h"

static struct sock_filter longest[4097];

static long install(unsigned flags, void *filter, unsigned count) {
    struct sock_fprog program = {(unsigned short)count, filter};
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &program) == 0 ? 0 : errno;
}

int main(void) {
    struct sock_filter allow[] = {FILTER_RETURN(SECCOMP_RET_ALLOW)};
    for (int i = 0; i < 4097; i++) longest[i] = (struct sock_filter)BPF_STMT(BPF_LD | BPF_IMM, 0);
    longest[4095] = allow[0];
    CHECK(prctl(PR_GET_SECCOMP) == 0);
    CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 0, 0, 0, 0) == -1 && errno == EINVAL);
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 1, 0, 0) == -1 && errno == EINVAL);
    CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 0);
    // As root it would do.
    if (geteuid() != 0) {
        CHECK(install(0, allow, 1) == EACCES);
        CHECK(install(1 << 20, allow, 1) == EINVAL);
        CHECK(install(0, allow, 0) == EINVAL);
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, NULL) == -1 && errno == EFAULT);
        CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &(struct sock_fprog){1, allow}) == -1 && errno == EACCES);
    }
    filter_prepare();
    CHECK(prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
    CHECK(install(0, NULL, 1) == EINVAL);
    CHECK(install(0, (void *)8, 1) == EFAULT);
    CHECK(install(0, longest, 4097) == EINVAL);
    CHECK(install(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_NEW_LISTENER, allow, 1) == EINVAL);
    struct sock_filter bad[][2] = {
        {BPF_STMT(BPF_LD | BPF_IMM, 0), BPF_STMT(BPF_LD | BPF_IMM, 0)},   // does not end
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 2), allow[0]},                // unaligned
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 64), allow[0]},               // outside
        {BPF_STMT(BPF_LD | BPF_B | BPF_ABS, 0), allow[0]},                // a byte
        {BPF_STMT(BPF_ALU | BPF_DIV | BPF_K, 0), allow[0]},               // by zero
        {BPF_STMT(BPF_LD | BPF_MEM, 1), allow[0]},                        // not stored before
        {BPF_JUMP(BPF_JMP | BPF_JA, 1, 0, 0), allow[0]},                  // too far
        {BPF_STMT(BPF_RET | BPF_X, 0), allow[0]},                         // no such instruction
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) CHECK(install(0, bad[i], 2) == EINVAL);
    CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_STRICT, 1, NULL) == -1 && errno == EINVAL);
    CHECK(syscall(SYS_seccomp, 77, 0, NULL) == -1 && errno == EINVAL);
    CHECK(prctl(PR_SET_SECCOMP, 3, NULL) == -1 && errno == EINVAL);
    uint32_t action = SECCOMP_RET_TRAP;
    CHECK(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0);
    action = 0x00010000;
    CHECK(syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == -1 && errno == EOPNOTSUPP);
    CHECK(prctl(PR_GET_SECCOMP) == 0);

    CHECK(install(0, longest, 4096) == 0);
    CHECK(prctl(PR_GET_SECCOMP) == 2);
    CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == -1 && errno == EINVAL);
    int count = 1;
    while (install(0, longest, 4096) == 0) count++;
    CHECK(errno == ENOMEM && count > 3);
    printf("%d of the longest filters\n", count);
    return guest_success();
}
