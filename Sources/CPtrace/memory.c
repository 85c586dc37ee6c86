// A tracee's memory through /proc/PID/mem: unlike process_vm_writev(2) it writes to read-only private pages
// (FOLL_FORCE) and grows stacks, and the descriptor stays bound to the address space it was opened for.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

int32_t cptrace_open_memory(int32_t tid) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/mem", tid);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd == -1 ? -errno : fd;
}

int64_t cptrace_read_memory(int32_t fd, uint64_t address, void *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pread(fd, (char *)bytes + done, length - done, (off_t)(address + done));
        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0)
            return done > 0 ? (int64_t)done : count == 0 ? 0 : -errno;
        done += (size_t)count;
    }
    return (int64_t)done;
}

int64_t cptrace_read_memory_of(int32_t tid, uint64_t address, void *bytes, size_t length) {
    struct iovec local = {bytes, length}, remote = {(void *)address, length};
    ssize_t count = process_vm_readv(tid, &local, 1, &remote, 1, 0);
    return count == -1 ? -errno : count;
}

int64_t cptrace_write_memory_of(int32_t tid, uint64_t address, const void *bytes, size_t length) {
    struct iovec local = {(void *)bytes, length}, remote = {(void *)address, length};
    ssize_t count = process_vm_writev(tid, &local, 1, &remote, 1, 0);
    return count == -1 ? -errno : count;
}

int64_t cptrace_write_memory(int32_t fd, uint64_t address, const void *bytes, size_t length) {
    size_t done = 0;
    while (done < length) {
        ssize_t count = pwrite(fd, (const char *)bytes + done, length - done, (off_t)(address + done));
        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0)
            return done > 0 ? (int64_t)done : count == 0 ? 0 : -errno;
        done += (size_t)count;
    }
    return (int64_t)done;
}

int32_t cptrace_close(int32_t fd) { return close(fd) == -1 ? -errno : 0; }
