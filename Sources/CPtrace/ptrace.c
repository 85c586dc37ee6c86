// ptrace(2) and wait4(2).
#include "cptrace.h"

#include <elf.h>
#include <errno.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>

#define RESULT(call) ((call) == -1 ? -errno : 0)

#ifndef PTRACE_GETSIGMASK
#define PTRACE_GETSIGMASK 0x420a
#define PTRACE_SETSIGMASK 0x420b
#endif

int32_t cptrace_resume(int32_t tid, int32_t request, int32_t signal) {
    return RESULT(ptrace((enum __ptrace_request)request, tid, 0, (long)signal));
}

int32_t cptrace_interrupt(int32_t tid) { return RESULT(ptrace(PTRACE_INTERRUPT, tid, 0, 0)); }
int32_t cptrace_listen(int32_t tid) { return RESULT(ptrace(PTRACE_LISTEN, tid, 0, 0)); }
int32_t cptrace_detach(int32_t tid) { return RESULT(ptrace(PTRACE_DETACH, tid, 0, 0)); }

int32_t cptrace_get_registers(int32_t tid, void *registers) {
    return RESULT(ptrace(PTRACE_GETREGS, tid, 0, registers));
}

int32_t cptrace_set_registers(int32_t tid, const void *registers) {
    return RESULT(ptrace(PTRACE_SETREGS, tid, 0, (void *)registers));
}

static int64_t get_regset(int32_t tid, uint32_t note, void *bytes, size_t capacity) {
    struct iovec vector = {bytes, capacity};
    if (ptrace(PTRACE_GETREGSET, tid, note, &vector) == -1)
        return -errno;
    return (int64_t)vector.iov_len;
}

static int32_t set_regset(int32_t tid, uint32_t note, const void *bytes, size_t length) {
    struct iovec vector = {(void *)bytes, length};
    return RESULT(ptrace(PTRACE_SETREGSET, tid, note, &vector));
}

int64_t cptrace_get_xstate(int32_t tid, void *bytes, size_t capacity) {
    return get_regset(tid, NT_X86_XSTATE, bytes, capacity);
}

int32_t cptrace_set_xstate(int32_t tid, const void *bytes, size_t length) {
    return set_regset(tid, NT_X86_XSTATE, bytes, length);
}

int64_t cptrace_get_fxstate(int32_t tid, void *bytes) {
    return get_regset(tid, NT_PRFPREG, bytes, CPTRACE_FXSTATE);
}

int32_t cptrace_set_fxstate(int32_t tid, const void *bytes) {
    return set_regset(tid, NT_PRFPREG, bytes, CPTRACE_FXSTATE);
}

int32_t cptrace_get_event_message(int32_t tid, uint64_t *message) {
    unsigned long value = 0;
    int32_t result = RESULT(ptrace(PTRACE_GETEVENTMSG, tid, 0, &value));
    *message = value;
    return result;
}

int32_t cptrace_get_signal_info(int32_t tid, void *info) {
    return RESULT(ptrace(PTRACE_GETSIGINFO, tid, 0, info));
}

int32_t cptrace_set_signal_info(int32_t tid, const void *info) {
    return RESULT(ptrace(PTRACE_SETSIGINFO, tid, 0, (void *)info));
}

int32_t cptrace_get_signal_mask(int32_t tid, uint64_t *mask) {
    return RESULT(ptrace((enum __ptrace_request)PTRACE_GETSIGMASK, tid, sizeof *mask, mask));
}

int32_t cptrace_set_signal_mask(int32_t tid, uint64_t mask) {
    return RESULT(ptrace((enum __ptrace_request)PTRACE_SETSIGMASK, tid, sizeof mask, &mask));
}

// asm/ptrace-abi.h; not in <sys/ptrace.h>. The code is in `data`, its argument in `addr`.
#define ARCH_PRCTL_REQUEST ((enum __ptrace_request)30)

int32_t cptrace_get_xcr0(int32_t tid, uint64_t *mask) {
    return RESULT(ptrace(ARCH_PRCTL_REQUEST, tid, mask, (long)CPTRACE_ARCH_GET_XCR0));
}

int32_t cptrace_set_xcr0(int32_t tid, uint64_t mask) {
    return RESULT(ptrace(ARCH_PRCTL_REQUEST, tid, mask, (long)CPTRACE_ARCH_SET_XCR0));
}

int32_t cptrace_wait(int32_t tid, bool block, struct cptrace_wait_result *result) {
    int status = 0;
    pid_t found = wait4(tid, &status, __WALL | (block ? 0 : WNOHANG), NULL);
    if (found == -1)
        return -errno;
    result->tid = found;
    result->status = status;
    return 0;
}

int32_t cptrace_set_breakpoint(int32_t tid, uint64_t address) {
    // DR0 and its enable bit L0 in DR7; R/W0 and LEN0 of 0 stand for execution (SDM volume 3, section 18.2.4). DR7 is
    // cleared first, since the kernel refuses to move a breakpoint that is in use to where it cannot be.
    int32_t result = RESULT(ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, u_debugreg[7]), 0L));
    if (result < 0 || address == 0)
        return result;
    result = RESULT(ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, u_debugreg[0]), address));
    if (result < 0)
        return result;
    return RESULT(ptrace(PTRACE_POKEUSER, tid, offsetof(struct user, u_debugreg[7]), 1L));
}
