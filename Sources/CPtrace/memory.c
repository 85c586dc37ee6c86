// A tracee's memory through /proc/PID/mem: unlike process_vm_writev(2) it writes to read-only private pages
// (FOLL_FORCE) and grows stacks, and the descriptor stays bound to the address space it was opened for.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <sys/uio.h>
#include <unistd.h>

int32_t cptrace_open_memory(int32_t tid) {
    char path[32];
    snprintf(path, sizeof path, "/proc/%d/mem", tid);
    int fd = open(path, O_RDWR | O_CLOEXEC);
    return fd == -1 ? -errno : fd;
}

// Reads or writes until all is done, or nothing more can be: what was done, or the first error.
static int64_t transfer(int32_t fd, uint64_t address, char *bytes, size_t length, bool writes) {
    size_t done = 0;
    while (done < length) {
        char *rest = bytes + done;
        off_t place = (off_t)(address + done);
        ssize_t count = writes ? pwrite(fd, rest, length - done, place) : pread(fd, rest, length - done, place);
        if (count == -1 && errno == EINTR)
            continue;
        if (count <= 0)
            return done > 0 ? (int64_t)done : count == 0 ? 0 : -errno;
        done += (size_t)count;
    }
    return (int64_t)done;
}

int64_t cptrace_read_memory(int32_t fd, uint64_t address, void *bytes, size_t length) {
    return transfer(fd, address, bytes, length, false);
}

int64_t cptrace_write_memory(int32_t fd, uint64_t address, const void *bytes, size_t length) {
    return transfer(fd, address, (char *)bytes, length, true);
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

int32_t cptrace_close(int32_t fd) { return close(fd) == -1 ? -errno : 0; }
