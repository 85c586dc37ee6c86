// sendfile and copy_file_range move bytes between files without passing through memory.
#include "guest.h"

#include <sys/sendfile.h>

int main(void) {
    static char bytes[100000], back[100000];
    CHECK(syscall(SYS_getrandom, bytes, sizeof bytes, 0) == sizeof bytes);
    int in = guest_file("in", ""), out = guest_file("out", ""), third = guest_file("third", "");
    CHECK(write(in, bytes, sizeof bytes) == sizeof bytes);
    off_t offset = 1000;
    CHECK(sendfile(out, in, &offset, 50000) == 50000);
    CHECK(offset == 51000 && lseek(in, 0, SEEK_CUR) == sizeof bytes);
    CHECK(pread(out, back, sizeof back, 0) == 50000 && memcmp(back, bytes + 1000, 50000) == 0);

    off_t from = 5, to = 7;
    ssize_t copied = copy_file_range(in, &from, third, &to, 30000, 0);
    if (copied == -1) {
        CHECK(errno == EXDEV || errno == ENOSYS || errno == EOPNOTSUPP);
    } else {
        CHECK(from == 5 + copied && to == 7 + copied);
        CHECK(pread(third, back, sizeof back, 7) == copied && memcmp(back, bytes + 5, (size_t)copied) == 0);
    }
    printf("copied %zd, %016lx\n", copied, guest_hash(bytes, sizeof bytes));
    return guest_success();
}
