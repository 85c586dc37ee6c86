// Seccomp filters of guest programs.
#ifndef FILTER_H
#define FILTER_H

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>

#define FILTER_LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define FILTER_RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)
// One more result for one call; the accumulator holds the number.
#define FILTER_CALL(number, value) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), FILTER_RETURN(value)

// seccomp(2) with an array of instructions.
#define FILTER_INSTALL(flags, ...)                                                                                     \
    ({                                                                                                                 \
        struct sock_filter filter_code[] = {__VA_ARGS__};                                                              \
        struct sock_fprog filter_program = {sizeof filter_code / sizeof *filter_code, filter_code};                    \
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags, &filter_program);                                         \
    })

// A filter that returns `value` for one call and allows the others.
#define FILTER_FOR(number, value) FILTER_LOAD(nr), FILTER_CALL(number, value), FILTER_RETURN(SECCOMP_RET_ALLOW)

static inline void filter_prepare(void) { CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0); }

#endif
