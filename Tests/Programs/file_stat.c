// stat, lstat, fstat, statx, statfs and fstatfs agree with one another.
#include "guest.h"

#include <sys/sysmacros.h>
#include <sys/vfs.h>

int main(void) {
    int fd = guest_file("file", "twelve bytes");
    struct stat a, b, c;
    CHECK(stat("file", &a) == 0 && fstat(fd, &b) == 0);
    CHECK(a.st_ino == b.st_ino && a.st_size == 12 && S_ISREG(a.st_mode) && a.st_uid == geteuid());
    CHECK(symlink("file", "link") == 0);
    CHECK(lstat("link", &c) == 0 && S_ISLNK(c.st_mode) && c.st_size == 4);
    CHECK(fstatat(AT_FDCWD, "link", &c, 0) == 0 && c.st_ino == a.st_ino);
    struct statx x;
    CHECK(statx(AT_FDCWD, "file", 0, STATX_BASIC_STATS, &x) == 0);
    CHECK(x.stx_ino == a.st_ino && x.stx_size == 12 && x.stx_mtime.tv_sec == a.st_mtim.tv_sec);
    CHECK(statx(fd, "", AT_EMPTY_PATH, STATX_INO, &x) == 0 && x.stx_ino == a.st_ino);
    struct statfs d, e;
    CHECK(statfs(".", &d) == 0 && fstatfs(fd, &e) == 0);
    CHECK(d.f_type == e.f_type && d.f_bsize == e.f_bsize);
    CHECK(stat("missing", &a) == -1 && errno == ENOENT);
    CHECK(stat("/dev/null", &c) == 0 && S_ISCHR(c.st_mode) && major(c.st_rdev) == 1 && minor(c.st_rdev) == 3);
    printf("inode %lu at %ld.%09ld, %lu blocks free\n", b.st_ino, b.st_mtim.tv_sec, b.st_mtim.tv_nsec, e.f_bfree);
    return guest_success();
}
