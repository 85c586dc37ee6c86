// Which pages a tracee writes: userfaultfd(2) in its asynchronous write-protect mode and PAGEMAP_SCAN.
#define _GNU_SOURCE
#include "cptrace.h"
#include "pagemap.h"

#include <errno.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

// Of newer headers than Debian 12 has.
#define FEATURE_WP_ASYNC (1ull << 15)

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
        .flags = SCAN_WP_MATCHING | SCAN_CHECK_WPASYNC,
        .category_mask = PAGE_WPALLOWED | PAGE_WRITTEN,
        .category_anyof_mask = PAGE_PRESENT | PAGE_SWAPPED,
        .return_mask = PAGE_WRITTEN,
    };
    return scan(pagemap, argument, start, end, runs, capacity, reached);
}
