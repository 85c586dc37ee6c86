// rename, renameat2, link, unlink, symlink, readlink, and paths through descriptors.
#include "guest.h"

int main(void) {
    struct stat state;
    char target[PATH_MAX], path[64];
    int fd = guest_file("one", "1");
    close(guest_file("two", "22"));
    CHECK(link("one", "three") == 0);
    CHECK(fstat(fd, &state) == 0 && state.st_nlink == 2);
    CHECK(rename("three", "two") == 0);
    CHECK(stat("two", &state) == 0 && state.st_size == 1);
    CHECK(renameat2(AT_FDCWD, "one", AT_FDCWD, "two", RENAME_NOREPLACE) == -1);
    CHECK(errno == EEXIST || errno == EINVAL);
    CHECK(unlink("one") == 0 && unlink("two") == 0);
    CHECK(unlink("two") == -1 && errno == ENOENT);
    CHECK(fstat(fd, &state) == 0 && state.st_nlink == 0);
    CHECK(symlink("somewhere/else", "link") == 0);
    memset(target, '#', sizeof target);
    CHECK(readlink("link", target, sizeof target) == 14 && memcmp(target, "somewhere/else#", 15) == 0);
    CHECK(readlink("link", target, 4) == 4);
    snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    ssize_t length = readlink(path, target, sizeof target - 1);
    CHECK(length > 0);
    target[length] = 0;
    CHECK(strstr(target, "(deleted)") != NULL);
    printf("%s\n", target);
    return guest_success();
}
