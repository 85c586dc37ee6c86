// utimensat and futimens set times; UTIME_NOW and UTIME_OMIT.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "");
    struct timespec times[2] = {{1000000000, 123000000}, {1100000000, 0}};
    CHECK(utimensat(AT_FDCWD, "file", times, 0) == 0);
    struct stat state;
    CHECK(fstat(fd, &state) == 0 && state.st_atim.tv_sec == 1000000000 && state.st_mtim.tv_sec == 1100000000);
    times[0].tv_nsec = UTIME_OMIT, times[1].tv_nsec = UTIME_NOW;
    CHECK(futimens(fd, times) == 0);
    CHECK(fstat(fd, &state) == 0 && state.st_atim.tv_sec == 1000000000 && state.st_mtim.tv_sec > 1500000000);
    CHECK(utimensat(AT_FDCWD, "missing", NULL, 0) == -1 && errno == ENOENT);
    printf("%ld.%09ld\n", state.st_mtim.tv_sec, state.st_mtim.tv_nsec);
    return guest_success();
}
