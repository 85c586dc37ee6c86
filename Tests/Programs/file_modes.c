// umask, chmod, access, faccessat2, chdir, fchdir, getcwd, truncate, mknod.
#include "guest.h"

int main(void) {
    struct stat state;
    mode_t before = umask(027);
    int fd = open("file", O_RDWR | O_CREAT, 0666);
    CHECK(fd >= 0 && fstat(fd, &state) == 0 && (state.st_mode & 0777) == 0640);
    CHECK(umask(before) == 027);
    CHECK(fchmod(fd, 0400) == 0 && access("file", R_OK) == 0);
    CHECK(access("file", W_OK) == (getuid() == 0 ? 0 : -1));
    long result = syscall(439 /* faccessat2 */, AT_FDCWD, "file", X_OK, AT_EACCESS);
    CHECK(result == -1 && (errno == EACCES || errno == ENOSYS || errno == EPERM));
    CHECK(chmod("file", 0600) == 0 && truncate("file", 10) == 0);
    CHECK(stat("file", &state) == 0 && state.st_size == 10);
    char start[PATH_MAX], inner[PATH_MAX];
    CHECK(getcwd(start, sizeof start) != NULL);
    int here = open(".", O_RDONLY | O_DIRECTORY);
    CHECK(mkdir("inner", 0700) == 0 && chdir("inner") == 0);
    CHECK(getcwd(inner, sizeof inner) != NULL && strstr(inner, "/inner"));
    CHECK(getcwd(inner, 2) == NULL && errno == ERANGE);
    CHECK(fchdir(here) == 0 && access("inner", F_OK) == 0);
    CHECK(mknod("fifo", S_IFIFO | 0600, 0) == 0 && stat("fifo", &state) == 0 && S_ISFIFO(state.st_mode));
    printf("in %s, inode %lu\n", start, state.st_ino);
    return guest_success();
}
