// The PAGEMAP_SCAN ioctl of /proc/PID/pagemap (Linux 6.7, the kernel's Documentation/admin-guide/mm/pagemap.rst), which the
// headers of Debian 12 do not have yet.
#pragma once

#include "cptrace.h"

#include <errno.h>
#include <sys/ioctl.h>

#define SCAN_WP_MATCHING (1ull << 0)
#define SCAN_CHECK_WPASYNC (1ull << 1)
#define PAGE_WPALLOWED (1ull << 0)
#define PAGE_WRITTEN (1ull << 1)
#define PAGE_FILE (1ull << 2)
#define PAGE_PRESENT (1ull << 3)
#define PAGE_SWAPPED (1ull << 4)
#define PAGE_GUARD (1ull << 8)

// struct pm_scan_arg.
struct scan_argument {
    uint64_t size, flags, start, end, walk_end, vec, vec_len, max_pages, category_inverted, category_mask,
        category_anyof_mask, return_mask;
};

// Where and in what pages there are, as the rest of the argument says. Returns the number of runs or -errno; *reached is
// where the search ended.
static inline int64_t scan(int32_t pagemap, struct scan_argument argument, uint64_t start, uint64_t end,
                           struct cptrace_page_run *runs, size_t capacity, uint64_t *reached) {
    argument.size = sizeof argument;
    argument.start = start;
    argument.end = end;
    argument.vec = (uint64_t)runs;
    argument.vec_len = capacity;
    int count = ioctl(pagemap, _IOWR('f', 16, struct scan_argument), &argument);
    if (count == -1)
        return -errno;
    *reached = argument.walk_end;
    return count;
}
