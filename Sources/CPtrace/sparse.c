// Files and memory by what they hold, not by their size: lseek(2) with SEEK_DATA and SEEK_HOLE, fallocate(2) with
// FALLOC_FL_PUNCH_HOLE, and PAGEMAP_SCAN.
#define _GNU_SOURCE
#include "cptrace.h"
#include "pagemap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <linux/magic.h>
#include <string.h>
#include <sys/vfs.h>
#include <unistd.h>

int32_t cptrace_next_data(int32_t fd, uint64_t offset, uint64_t *start, uint64_t *end) {
    // A descriptor that was taken from a tracee shares its position.
    off_t position = lseek(fd, 0, SEEK_CUR);
    off_t data = lseek(fd, (off_t)offset, SEEK_DATA);
    int32_t result = data == -1 ? errno == ENXIO ? 0 : -errno : 1;
    off_t hole = data == -1 ? -1 : lseek(fd, data, SEEK_HOLE);
    if (data != -1 && hole == -1)
        result = -errno;
    if (position != -1)
        lseek(fd, position, SEEK_SET);
    *start = (uint64_t)data;
    *end = (uint64_t)hole;
    return result;
}

int32_t cptrace_lives_in_memory(int32_t fd) {
    struct statfs status;
    if (fstatfs(fd, &status) == -1)
        return -errno;
    return status.f_type == TMPFS_MAGIC || status.f_type == RAMFS_MAGIC || status.f_type == HUGETLBFS_MAGIC;
}

int32_t cptrace_punch_hole(int32_t fd, uint64_t offset, uint64_t length) {
    int mode = FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE;
    return fallocate(fd, mode, (off_t)offset, (off_t)length) == -1 ? -errno : 0;
}

static bool is_zero(const char *bytes, size_t length) {
    return length == 0 || (bytes[0] == 0 && memcmp(bytes, bytes + 1, length - 1) == 0);
}

static int32_t copy_data(int32_t target, int32_t source, uint64_t start, uint64_t end) {
    char buffer[1 << 16];
    while (start < end) {
        size_t want = end - start < sizeof buffer ? (size_t)(end - start) : sizeof buffer;
        ssize_t count = pread(source, buffer, want, (off_t)start);
        if (count == -1 && errno == EINTR)
            continue;
        if (count == -1)
            return -errno;
        if (count == 0)
            break;
        if (!is_zero(buffer, (size_t)count)) {
            int64_t written = cptrace_write_at(target, buffer, (size_t)count, start);
            if (written < 0)
                return (int32_t)written;
        }
        start += (uint64_t)count;
    }
    return 0;
}

int32_t cptrace_copy_to(int32_t target, int32_t source, uint64_t length) {
    uint64_t done = 0;
    while (done < length) {
        uint64_t start, end;
        int32_t found = cptrace_next_data(source, done, &start, &end);
        if (found == 0)
            return 0;
        // A file system that cannot tell has no holes.
        if (found < 0)
            start = done, end = length;
        if (start >= length)
            return 0;
        int32_t result = copy_data(target, source, start, end < length ? end : length);
        if (result < 0)
            return result;
        done = end;
    }
    return 0;
}

int64_t cptrace_scan_pages(int32_t pagemap, uint64_t start, uint64_t end, enum cptrace_pages which,
                           struct cptrace_page_run *runs, size_t capacity, uint64_t *reached) {
    struct scan_argument argument = {.category_anyof_mask = PAGE_PRESENT | PAGE_SWAPPED, .return_mask = PAGE_PRESENT};
    if (which == CPTRACE_PAGES_ANONYMOUS)
        argument.category_inverted = argument.category_mask = PAGE_FILE;
    if (which == CPTRACE_PAGES_GUARDED)
        argument = (struct scan_argument){.category_mask = PAGE_GUARD, .return_mask = PAGE_GUARD};
    return scan(pagemap, argument, start, end, runs, capacity, reached);
}
