// Facts about this process, other processes and their descriptors.
#define _GNU_SOURCE
#include "cptrace.h"

#include <cpuid.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/kcmp.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/shm.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <time.h>
#include <unistd.h>

int32_t cptrace_kill_thread(int32_t process, int32_t tid, int32_t signal) {
    return syscall(SYS_tgkill, process, tid, signal) == -1 ? -errno : 0;
}

int32_t cptrace_kill(int32_t process, int32_t signal) { return kill(process, signal) == -1 ? -errno : 0; }

int32_t cptrace_kill_and_reap(int32_t pid) {
    kill(pid, SIGKILL);
    for (;;) {
        int status;
        pid_t found = waitpid(pid, &status, __WALL);
        if (found == -1 && errno == EINTR)
            continue;
        if (found == -1)
            return -errno;
        if (WIFEXITED(status) || WIFSIGNALED(status))
            return 0;
        // PTRACE_EVENT_EXIT, on its way out.
        ptrace(PTRACE_CONT, pid, 0, 0);
    }
}

// A descriptor that is given up for as long as a small file is read, so that what the recorder looks up all the time can
// be looked up where all others are in use: it must not take a thread for gone, or for awake, because of that.
static int spare_descriptor = -1;

void cptrace_keep_spare_descriptor(void) {
    if (spare_descriptor == -1)
        spare_descriptor = open("/", O_PATH | O_CLOEXEC);
}

int64_t cptrace_read_file(const char *path, void *bytes, size_t capacity) {
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    bool uses_spare = fd == -1 && (errno == EMFILE || errno == ENFILE) && spare_descriptor != -1;
    if (uses_spare) {
        close(spare_descriptor);
        spare_descriptor = -1;
        fd = open(path, O_RDONLY | O_CLOEXEC);
    }
    if (fd == -1) {
        int error = errno;
        if (uses_spare)
            cptrace_keep_spare_descriptor();
        return -error;
    }
    size_t done = 0;
    int64_t result;
    for (;;) {
        if (done == capacity) {
            result = -E2BIG;
            break;
        }
        ssize_t count = read(fd, (char *)bytes + done, capacity - done);
        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0) {
            result = count == 0 ? (int64_t)done : -errno;
            break;
        }
        done += (size_t)count;
    }
    close(fd);
    if (uses_spare)
        cptrace_keep_spare_descriptor();
    return result;
}

// The text of a file of /proc, which may have any length (a process can be in 65536 groups): to be freed; NULL where
// there is none.
static char *read_text(const char *path, int32_t *error) {
    size_t capacity = 4096;
    for (;;) {
        char *text = malloc(capacity);
        if (!text) {
            *error = -ENOMEM;
            return NULL;
        }
        int64_t length = cptrace_read_file(path, text, capacity - 1);
        if (length >= 0) {
            text[length] = 0;
            return text;
        }
        free(text);
        *error = (int32_t)length;
        if (length != -E2BIG)
            return NULL;
        capacity *= 4;
    }
}

int64_t cptrace_read_link(const char *path, void *bytes, size_t capacity) {
    ssize_t count = readlink(path, bytes, capacity);
    return count == -1 ? -errno : count;
}

int32_t cptrace_thread_state(int32_t tid) {
    // 52 numbers of at most 20 digits, and a name.
    char path[32], text[2048];
    snprintf(path, sizeof path, "/proc/%d/stat", tid);
    int64_t length = cptrace_read_file(path, text, sizeof text - 1);
    if (length <= 0)
        return 0;
    text[length] = 0;
    // The command name before it may contain anything, parentheses included.
    char *end = strrchr(text, ')');
    return end && end[1] == ' ' ? end[2] : 0;
}

static uint64_t status_field(const char *text, const char *name) {
    const char *found = strstr(text, name);
    return found ? strtoull(found + strlen(name), NULL, 16) : 0;
}

int32_t cptrace_signal_sets(int32_t tid, uint64_t *blocked, uint64_t *ignored, uint64_t *caught, uint64_t *pending) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    int32_t error = 0;
    char *text = read_text(path, &error);
    if (!text)
        return error;
    *blocked = status_field(text, "\nSigBlk:");
    *ignored = status_field(text, "\nSigIgn:");
    *caught = status_field(text, "\nSigCgt:");
    *pending = status_field(text, "\nSigPnd:") | status_field(text, "\nShdPnd:");
    free(text);
    return 0;
}

bool cptrace_is_namespace_init(int32_t pid) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/status", pid);
    int32_t error = 0;
    char *text = read_text(path, &error);
    if (!text)
        return false;
    // The ids in all namespaces, the innermost last: proc(5).
    const char *line = strstr(text, "\nNStgid:");
    int32_t innermost = 0;
    if (line)
        for (const char *place = line + strlen("\nNStgid:"); *place == '\t';) {
            char *end;
            innermost = (int32_t)strtol(place + 1, &end, 10);
            place = end;
        }
    free(text);
    return innermost == 1;
}

static void fill_identity(const struct stat *status, struct cptrace_file_identity *identity) {
    identity->device = status->st_dev;
    identity->inode = status->st_ino;
    identity->size = (uint64_t)status->st_size;
    identity->modified_ns = status->st_mtim.tv_sec * 1000000000ll + status->st_mtim.tv_nsec;
    identity->changed_ns = status->st_ctim.tv_sec * 1000000000ll + status->st_ctim.tv_nsec;
    identity->mode = status->st_mode;
    identity->special_device = status->st_rdev;
    identity->user_id = status->st_uid;
    identity->group_id = status->st_gid;
}

static bool ids_of(const char *text, const char *name, unsigned *real, unsigned *effective) {
    const char *found = strstr(text, name);
    return found && sscanf(found + strlen(name), "%u %u", real, effective) == 2;
}

int32_t cptrace_lacks_file_privileges(int32_t tid) {
    char path[32];
    struct stat status;
    struct statvfs system;
    snprintf(path, sizeof path, "/proc/%d/exe", tid);
    if (stat(path, &status) == -1 || statvfs(path, &system) == -1)
        return -errno;
    bool sets_user = status.st_mode & S_ISUID;
    bool sets_group = (status.st_mode & (S_ISGID | S_IXGRP)) == (S_ISGID | S_IXGRP);
    bool has_capabilities = getxattr(path, "security.capability", NULL, 0) > 0;
    if (!(sets_user || sets_group || has_capabilities))
        return 0;
    // Neither would count without a tracer: a file system without them, and no_new_privs, which xrr has inherited.
    if (system.f_flag & ST_NOSUID || prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1)
        return 0;
    snprintf(path, sizeof path, "/proc/%d/status", tid);
    int32_t error = 0;
    char *text = read_text(path, &error);
    if (!text)
        return error;
    unsigned real, user, group;
    bool lacks = false;
    if (ids_of(text, "\nUid:", &real, &user) && ids_of(text, "\nGid:", &real, &group))
        lacks = (sets_user && user != status.st_uid) || (sets_group && group != status.st_gid) ||
                (has_capabilities && user != 0 && status_field(text, "\nCapPrm:") == 0);
    free(text);
    return lacks;
}

static void descriptor_path(char path[static 48], int32_t tid, int32_t fd) {
    snprintf(path, 48, "/proc/%d/fd/%d", tid, fd);
}

int32_t cptrace_descriptor_identity(int32_t tid, int32_t fd, struct cptrace_file_identity *identity) {
    char path[48];
    struct stat status;
    descriptor_path(path, tid, fd);
    if (stat(path, &status) == -1)
        return -errno;
    fill_identity(&status, identity);
    return 0;
}

int32_t cptrace_path_identity(const char *path, struct cptrace_file_identity *identity) {
    struct stat status;
    if (stat(path, &status) == -1)
        return -errno;
    fill_identity(&status, identity);
    return 0;
}

int32_t cptrace_file_identity_of(int32_t fd, struct cptrace_file_identity *identity) {
    struct stat status;
    if (fstat(fd, &status) == -1)
        return -errno;
    fill_identity(&status, identity);
    return 0;
}

int32_t cptrace_open_read_only(const char *path) {
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
    return fd == -1 ? -errno : fd;
}

int32_t cptrace_open_descriptor(int32_t tid, int32_t fd) {
    char path[48];
    descriptor_path(path, tid, fd);
    int opened = cptrace_open_read_only(path);
    if (opened >= 0)
        return opened;
    // The file may be write-only or forbidden to us by name: take the tracee's own open file instead.
    int process = (int)syscall(SYS_pidfd_open, tid, 0);
    if (process == -1)
        return opened;
    int copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    close(process);
    return copy == -1 ? opened : copy;
}

int32_t cptrace_same_open_file(int32_t tid, int32_t fd, int32_t own_fd) {
    long result = syscall(SYS_kcmp, tid, getpid(), KCMP_FILE, (unsigned long)fd, (unsigned long)own_fd);
    return result == -1 ? -errno : result == 0;
}

void cptrace_reserve_standard_streams(void) {
    for (int fd = 0; fd < 3; fd++)
        if (fcntl(fd, F_GETFD) == -1 && errno == EBADF)
            // The lowest free number: this one.
            if (open("/dev/null", (fd == 0 ? O_WRONLY : O_RDONLY) | O_CLOEXEC) == -1)
                return;
}

static struct rlimit inherited_descriptor_limit;
static bool has_raised_descriptor_limit;

void cptrace_raise_descriptor_limit(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) == -1 || limit.rlim_cur == limit.rlim_max)
        return;
    if (!has_raised_descriptor_limit)
        inherited_descriptor_limit = limit;
    has_raised_descriptor_limit = true;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
}

void cptrace_restore_descriptor_limit(void) {
    if (has_raised_descriptor_limit)
        setrlimit(RLIMIT_NOFILE, &inherited_descriptor_limit);
}

int32_t cptrace_tracer(void) {
    int32_t error = 0;
    char *text = read_text("/proc/self/status", &error);
    if (!text)
        return 0;
    const char *found = strstr(text, "\nTracerPid:");
    int32_t tracer = found ? (int32_t)strtol(found + strlen("\nTracerPid:"), NULL, 10) : 0;
    free(text);
    return tracer;
}

uint32_t cptrace_user_id(void) { return getuid(); }
int32_t cptrace_process_id(void) { return getpid(); }
char *const *cptrace_environment(void) { return environ; }

int32_t cptrace_executability(const char *path) {
    struct stat status;
    if (stat(path, &status) == -1)
        return errno == EACCES ? -EACCES : -ENOENT;
    return S_ISREG(status.st_mode) && access(path, X_OK) == 0 ? 0 : -EACCES;
}

bool cptrace_is_privileged(void) { return geteuid() == 0; }

int32_t cptrace_bind_thread_to_core(int32_t tid, int32_t cpu) {
    cpu_set_t set;
    CPU_ZERO(&set);
    CPU_SET(cpu, &set);
    return sched_setaffinity(tid, sizeof set, &set) == -1 ? -errno : 0;
}

int32_t cptrace_bind_to_core(int32_t cpu) { return cptrace_bind_thread_to_core(0, cpu); }

int32_t cptrace_set_affinity_mask(const void *bytes, size_t length) {
    return syscall(SYS_sched_setaffinity, 0, length, bytes) == -1 ? -errno : 0;
}

int32_t cptrace_affinity_mask(void *bytes, size_t capacity) {
    long result = syscall(SYS_sched_getaffinity, 0, capacity, bytes);
    return result == -1 ? -errno : (int32_t)result;
}

int32_t cptrace_current_core(void) { return sched_getcpu(); }

void cptrace_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
}

uint64_t cptrace_read_xcr0(void) {
    uint32_t registers[4];
    cptrace_cpuid(1, 0, registers);
    if (!(registers[2] & bit_OSXSAVE))
        return 0;
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (uint64_t)high << 32 | low;
}

int32_t cptrace_restart_with_xcr0(uint64_t full, char *const *argv) {
    if (syscall(SYS_arch_prctl, CPTRACE_ARCH_SET_XCR0, full) == -1)
        return -errno;
    execv("/proc/self/exe", argv);
    return -errno;
}

uint32_t cptrace_mxcsr_mask(void) {
    // FXSAVE: Intel SDM volume 1, section 10.5.1. The mask is bytes 28 to 31.
    uint32_t area[128] __attribute__((aligned(16))) = {0};
    __asm__ volatile("fxsave64 %0" : "=m"(area));
    return area[7] ? area[7] : 0xFFBF;
}

static int64_t clock_ns(clockid_t clock) {
    struct timespec now;
    // Not by way of the vDSO, which would read the time stamp counter that was given up (timestamp.c).
    syscall(SYS_clock_gettime, clock, &now);
    return now.tv_sec * 1000000000ll + now.tv_nsec;
}

int64_t cptrace_monotonic_ns(void) { return clock_ns(CLOCK_MONOTONIC); }
int64_t cptrace_realtime_ns(void) { return clock_ns(CLOCK_REALTIME); }

uint64_t cptrace_stack_limit(int32_t process) {
    struct rlimit limit;
    return prlimit(process, RLIMIT_STACK, NULL, &limit) == -1 ? RLIM_INFINITY : limit.rlim_cur;
}

int32_t cptrace_set_stack_limit(int32_t process, uint64_t bytes) {
    struct rlimit limit;
    if (prlimit(process, RLIMIT_STACK, NULL, &limit) == -1)
        return -errno;
    limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
    return prlimit(process, RLIMIT_STACK, &limit, NULL) == -1 ? -errno : 0;
}

void cptrace_kernel_release(char *buffer, size_t capacity) {
    struct utsname name;
    snprintf(buffer, capacity, "%s", uname(&name) == -1 ? "unknown" : name.release);
}

int32_t cptrace_memfd(const char *name, uint64_t length) {
    int fd = memfd_create(name, MFD_CLOEXEC);
    if (fd == -1)
        return -errno;
    if (ftruncate(fd, (off_t)length) == -1) {
        int error = errno;
        close(fd);
        return -error;
    }
    return fd;
}

int32_t cptrace_truncate(int32_t fd, uint64_t length) { return ftruncate(fd, (off_t)length) == -1 ? -errno : 0; }

int64_t cptrace_write_at(int32_t fd, const void *bytes, size_t length, uint64_t offset) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pwrite(fd, (const char *)bytes + done, length - done, (off_t)(offset + done));
        if (count == -1 && errno == EINTR)
            continue;
        if (count == -1)
            return -errno;
        done += (size_t)count;
    }
    return (int64_t)done;
}

int64_t cptrace_write_all(int32_t fd, const void *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = write(fd, (const char *)bytes + done, length - done);
        if (count == -1 && errno == EINTR)
            continue;
        if (count == -1 && errno == EAGAIN) {
            // Whoever else has this open file made it non-blocking.
            struct pollfd ready = {fd, POLLOUT, 0};
            poll(&ready, 1, -1);
            continue;
        }
        if (count == -1)
            return -errno;
        done += (size_t)count;
    }
    return (int64_t)done;
}

int64_t cptrace_segment_length(int32_t id) {
    struct shmid_ds segment;
    return shmctl(id, IPC_STAT, &segment) == -1 ? -errno : (int64_t)segment.shm_segsz;
}

void cptrace_cpu_and_node(uint32_t *cpu, uint32_t *node) {
    *cpu = *node = 0;
    syscall(SYS_getcpu, cpu, node, NULL);
}

void cptrace_time_zone(int32_t zone[2]) {
    zone[0] = zone[1] = 0;
    syscall(SYS_gettimeofday, NULL, zone);
}
