#define _GNU_SOURCE
#include "cptrace_probe.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/userfaultfd.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <unistd.h>

// Newer than Debian 12's headers, or ours; all are ABI.
#define PROBE_ARCH_SET_CPUID 0x1012
#define PROBE_UFFD_WP_ASYNC (1ull << 15)
#define PROBE_UFFD_USER_MODE_ONLY 1
#define PROBE_KCMP_VM 1

struct probe_pm_scan {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages;
    uint64_t category_inverted, category_mask, category_anyof_mask, return_mask;
};
#define PROBE_PAGEMAP_SCAN _IOWR('f', 16, struct probe_pm_scan)

// A word in read-only memory for the parent to overwrite in the child.
static const volatile uint64_t probe_target = 0x1122334455667788;

static int32_t errno_of(long result) { return result < 0 ? -errno : 0; }

// Waits for the end of a child.
static int wait_for(pid_t child, int *status) {
    pid_t got;
    do got = waitpid(child, status, __WALL);
    while (got < 0 && errno == EINTR);
    return got == child ? 0 : -errno;
}

// Runs `probe` in a child; its return value must be 0 or -errno.
static int32_t in_child(int32_t (*probe)(void)) {
    pid_t child = fork();
    if (child < 0) return -errno;
    if (child == 0) {
        // The exit code carries errno: those of interest are below 134.
        int32_t result = probe();
        _exit(-result & 0xff);
    }
    int status;
    int failure = wait_for(child, &status);
    if (failure) return failure;
    // A probe that was killed met a filter that kills.
    return WIFEXITED(status) ? -WEXITSTATUS(status) : -EPERM;
}

// Forks a child that waits to be killed, and does `probe` on it.
static int32_t on_child(int32_t (*probe)(pid_t)) {
    pid_t child = fork();
    if (child < 0) return -errno;
    if (child == 0) {
        prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) pause();
    }
    int32_t result = probe(child);
    kill(child, SIGKILL);
    int status;
    // A seized child may report its stop first.
    do if (wait_for(child, &status) < 0) break;
    while (!WIFEXITED(status) && !WIFSIGNALED(status));
    return result;
}

static int32_t seize(pid_t child) {
    if (ptrace(PTRACE_SEIZE, child, 0, PTRACE_O_EXITKILL) < 0) return -errno;
    if (ptrace(PTRACE_INTERRUPT, child, 0, 0) < 0) return -errno;
    int status;
    int failure = wait_for(child, &status);
    if (failure) return failure;
    return WIFSTOPPED(status) ? 0 : -ESRCH;
}

static int32_t seize_and_write(pid_t child) {
    int32_t result = seize(child);
    if (result < 0) return result;
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", (int)child);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    if (fd < 0) return -errno;
    uint64_t value = ~probe_target;
    result = errno_of(pwrite(fd, &value, sizeof value, (off_t)(uintptr_t)&probe_target));
    close(fd);
    return result;
}

static int32_t read_memory(pid_t child) {
    uint64_t value;
    struct iovec local = {&value, sizeof value};
    struct iovec remote = {(void *)(uintptr_t)&probe_target, sizeof value};
    return errno_of(process_vm_readv(child, &local, 1, &remote, 1, 0));
}

static int32_t seccomp_trace(void) {
    // Traces a number that no system call has, so that the child itself goes on.
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0fffffff, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRACE),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog program = {sizeof code / sizeof code[0], code};
    uint32_t action = SECCOMP_RET_TRACE;
    if (syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) < 0) return -errno;
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0) return -errno;
    return errno_of(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program));
}

static int32_t tsc_trap(void) { return errno_of(prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0)); }
static int32_t cpuid_fault(void) { return errno_of(syscall(SYS_arch_prctl, PROBE_ARCH_SET_CPUID, 0)); }

int32_t cptrace_probe_seize(void) { return on_child(seize); }
int32_t cptrace_probe_write_memory(void) { return on_child(seize_and_write); }
int32_t cptrace_probe_read_memory(void) { return on_child(read_memory); }
int32_t cptrace_probe_seccomp_trace(void) { return in_child(seccomp_trace); }
int32_t cptrace_probe_tsc_trap(void) { return in_child(tsc_trap); }
int32_t cptrace_probe_cpuid_fault(void) { return in_child(cpuid_fault); }

int32_t cptrace_probe_xcr0_prctl(void) {
    uint64_t value = 0;
    return errno_of(syscall(SYS_arch_prctl, CPTRACE_ARCH_GET_XCR0, &value));
}

int32_t cptrace_probe_uffd_wp_async(void) {
    int fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | PROBE_UFFD_USER_MODE_ONLY);
    if (fd < 0) return -errno;
    struct uffdio_api api = {.api = UFFD_API, .features = PROBE_UFFD_WP_ASYNC};
    int32_t result = errno_of(ioctl(fd, UFFDIO_API, &api));
    close(fd);
    return result;
}

int32_t cptrace_probe_pagemap_scan(void) {
    int fd = open("/proc/self/pagemap", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return -errno;
    uint64_t page = (uint64_t)(uintptr_t)&probe_target & ~0xfffull;
    // No output vector: only counts.
    struct probe_pm_scan scan = {.size = sizeof scan, .start = page, .end = page + 4096};
    int32_t result = errno_of(ioctl(fd, PROBE_PAGEMAP_SCAN, &scan));
    close(fd);
    return result;
}

int32_t cptrace_probe_kcmp(void) {
    pid_t self = getpid();
    return errno_of(syscall(SYS_kcmp, self, self, PROBE_KCMP_VM, 0, 0));
}

int32_t cptrace_probe_xsave(uint64_t *xcr0, uint32_t *size) {
    uint32_t eax, ebx, ecx, edx;
    if (!__get_cpuid(1, &eax, &ebx, &ecx, &edx) || !(ecx & bit_OSXSAVE)) return -ENOTSUP;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    *xcr0 = (uint64_t)high << 32 | low;
    // EBX: the size for the features enabled now (SDM volume 1, 13.2).
    if (!__get_cpuid_count(0xd, 0, &eax, &ebx, &ecx, &edx)) return -ENOTSUP;
    *size = ebx;
    return 0;
}

int32_t cptrace_probe_release(char *text, uint32_t capacity) {
    struct utsname name;
    if (uname(&name) < 0) return -errno;
    int length = snprintf(text, capacity, "%s", name.release);
    return length < (int)capacity ? length : -ENAMETOOLONG;
}
