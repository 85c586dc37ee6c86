// sendfile, copy_file_range and splice to standard output: the bytes never are in the program's memory.
#include "guest.h"

#include <sys/sendfile.h>

// Copies the rest by hand where the kernel does not want to.
static void copy_by_hand(int in, size_t count) {
    char byte;
    for (size_t i = 0; i < count; i++) CHECK(read(in, &byte, 1) == 1 && write(1, &byte, 1) == 1);
}

int main(void) {
    // sendfile(2) and the like refuse a file that is open for appending.
    CHECK(fcntl(1, F_SETFL, fcntl(1, F_GETFL) & ~O_APPEND) == 0);
    char line[64];
    int in = guest_file("in", "");
    for (int i = 0; i < 5000; i++) {
        int length = snprintf(line, sizeof line, "line %d: %016lx\n", i, (unsigned long)guest_random());
        CHECK(write(in, line, (size_t)length) == length);
    }
    off_t size = lseek(in, 0, SEEK_CUR), position = size / 2;
    CHECK(size > 100000 && fflush(stdout) == 0);

    CHECK(sendfile(1, in, &position, 1000) == 1000 && position == size / 2 + 1000);
    CHECK(lseek(in, 100, SEEK_SET) == 100);
    CHECK(sendfile(1, in, NULL, 50) == 50 && lseek(in, 0, SEEK_CUR) == 150);
    // As cat does: all that there is, until nothing comes.
    ssize_t copied;
    while ((copied = copy_file_range(in, NULL, 1, NULL, SSIZE_MAX & ~4095L, 0)) > 0) {}
    if (copied == -1) {
        CHECK(errno == EINVAL || errno == EXDEV || errno == EOPNOTSUPP || errno == EBADF || errno == ENOSYS);
        copy_by_hand(in, (size_t)(size - lseek(in, 0, SEEK_CUR)));
    }
    CHECK(lseek(in, 0, SEEK_CUR) == size);

    int ends[2];
    CHECK(pipe(ends) == 0 && write(ends[1], "through a pipe\n", 15) == 15);
    if (splice(ends[0], NULL, 1, NULL, 15, 0) != 15) {
        CHECK(errno == EINVAL);
        copy_by_hand(ends[0], 15);
    }
    return guest_success();
}
