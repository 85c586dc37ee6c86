// getdents64 lists what mkdir and open made, in an order of the file system's choice; small buffers page.
#include "guest.h"

#include <dirent.h>

int main(void) {
    CHECK(mkdir("directory", 0755) == 0);
    for (int i = 0; i < 40; i++) {
        char name[64];
        snprintf(name, sizeof name, "directory/a-name-of-some-length-%d", i);
        close(guest_file(name, ""));
    }
    int fd = open("directory", O_RDONLY | O_DIRECTORY);
    CHECK(fd >= 0);
    int entries = 0, calls = 0;
    uint64_t inodes = 0;
    char buffer[512];
    long count;
    while ((count = syscall(SYS_getdents64, fd, buffer, sizeof buffer)) > 0) {
        calls++;
        for (long at = 0; at < count;) {
            struct dirent64 *entry = (struct dirent64 *)(buffer + at);
            inodes = inodes * 31 + entry->d_ino;
            entries++;
            at += entry->d_reclen;
        }
    }
    CHECK(count == 0 && entries == 42 && calls > 2);
    CHECK(rmdir("directory") == -1 && errno == ENOTEMPTY);
    DIR *directory = opendir("directory");
    CHECK(directory != NULL);
    struct dirent *entry;
    while ((entry = readdir(directory))) {
        if (entry->d_name[0] == '.') continue;
        CHECK(unlinkat(dirfd(directory), entry->d_name, 0) == 0);
    }
    closedir(directory);
    CHECK(rmdir("directory") == 0);
    printf("%d entries, inodes %016lx, pid %d\n", entries, inodes, getpid());
    return guest_success();
}
