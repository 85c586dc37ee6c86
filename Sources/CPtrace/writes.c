// Which pages a tracee writes: userfaultfd(2) in its asynchronous write-protect mode and the PAGEMAP_SCAN ioctl of
// /proc/PID/pagemap (Linux 6.7, the kernel's Documentation/admin-guide/mm/pagemap.rst).
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of newer headers than Debian 12 has.
#define FEATURE_WP_ASYNC (1ull << 15)
#define SCAN_WP_MATCHING (1ull << 0)
#define SCAN_CHECK_WPASYNC (1ull << 1)
#define PAGE_WPALLOWED (1ull << 0)
#define PAGE_WRITTEN (1ull << 1)
#define PAGE_PRESENT (1ull << 3)
#define PAGE_SWAPPED (1ull << 4)

struct scan_argument {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask,
        category_anyof_mask, return_mask;
};
#define SCAN _IOWR('f', 16, struct scan_argument)

int32_t cptrace_take_descriptor(int32_t pid, int32_t fd) {
    int process = (int)syscall(SYS_pidfd_open, pid, 0);
    if (process == -1)
        return -errno;
    int copy = (int)syscall(SYS_pidfd_getfd, process, fd, 0);
    int32_t result = copy == -1 ? -errno : copy;
    close(process);
    return result;
}

int32_t cptrace_track_writes(int32_t uffd) {
    struct uffdio_api api = {.api = UFFD_API, .features = FEATURE_WP_ASYNC};
    return ioctl(uffd, UFFDIO_API, &api) == -1 ? -errno : 0;
}

int32_t cptrace_track_writes_to(int32_t uffd, uint64_t start, uint64_t length) {
    struct uffdio_register range = {.range = {start, length}, .mode = UFFDIO_REGISTER_MODE_WP};
    return ioctl(uffd, UFFDIO_REGISTER, &range) == -1 ? -errno : 0;
}

int64_t cptrace_take_written(int32_t pagemap, uint64_t start, uint64_t end, struct cptrace_page_run *runs,
                             size_t capacity, uint64_t *reached) {
    struct scan_argument argument = {
        .size = sizeof argument,
        .flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
        .start = start,
        .end = end,
        .vec = (uint64_t)runs,
        .vec_len = capacity,
        .category_mask = PAGE_WPALLOWED | PAGE_WRITTEN,
        .category_anyof_mask = PAGE_PRESENT | PAGE_SWAPPED,
        .return_mask = PAGE_WRITTEN,
    };
    int count = ioctl(pagemap, SCAN, &argument);
    if (count == -1)
        return -errno;
    *reached = argument.walk_end;
    return count;
}
