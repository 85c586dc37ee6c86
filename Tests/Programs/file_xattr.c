// Extended attributes: set, get, list and remove, where the file system has them.
#include "guest.h"

#include <sys/xattr.h>

int main(void) {
    int fd = guest_file("file", "");
    uint64_t value = guest_random(), back;
    char names[256];
    if (fsetxattr(fd, "user.guest", &value, sizeof value, 0) == -1) {
        CHECK(errno == ENOTSUP || errno == EPERM);
        printf("no extended attributes for %d: errno %d\n", getpid(), errno);
        return guest_success();
    }
    CHECK(getxattr("file", "user.guest", NULL, 0) == sizeof value);
    CHECK(getxattr("file", "user.guest", &back, sizeof back) == sizeof back && back == value);
    CHECK(fgetxattr(fd, "user.guest", &back, 3) == -1 && errno == ERANGE);
    ssize_t length = flistxattr(fd, names, sizeof names);
    CHECK(length >= 11 && memmem(names, (size_t)length, "user.guest", 11) != NULL);
    CHECK(fremovexattr(fd, "user.guest") == 0);
    CHECK(fgetxattr(fd, "user.guest", &back, sizeof back) == -1 && errno == ENODATA);
    printf("%016lx\n", value);
    return guest_success();
}
