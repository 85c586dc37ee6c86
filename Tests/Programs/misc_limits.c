// getrlimit, setrlimit and prlimit, and the effect of a limit on descriptors and on file size.
#include "guest.h"

#include <sys/resource.h>

int main(void) {
    struct rlimit files, back;
    CHECK(getrlimit(RLIMIT_NOFILE, &files) == 0 && files.rlim_cur > 20);
    struct rlimit less = {20, files.rlim_max};
    CHECK(prlimit(0, RLIMIT_NOFILE, &less, &back) == 0 && back.rlim_cur == files.rlim_cur);
    int opened = 0;
    while (dup(0) >= 0) opened++;
    CHECK(errno == EMFILE && opened > 0 && opened < 20);
    CHECK(prlimit(0, RLIMIT_NOFILE, NULL, &back) == 0 && back.rlim_cur == 20);
    CHECK(syscall(SYS_close_range, 3, ~0u, 0) == 0);
    CHECK(signal(SIGXFSZ, SIG_IGN) != SIG_ERR);
    struct rlimit size;
    CHECK(getrlimit(RLIMIT_FSIZE, &size) == 0);
    CHECK(setrlimit(RLIMIT_FSIZE, &(struct rlimit){100, size.rlim_max}) == 0);
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    char block[200] = "";
    CHECK(write(fd, block, sizeof block) == 100);
    CHECK(write(fd, block, sizeof block) == -1 && errno == EFBIG);
    CHECK(setrlimit(RLIMIT_FSIZE, &size) == 0);  // Standard output may be a file too.
    CHECK(getrlimit(RLIMIT_STACK, &back) == 0);
    printf("%lu files, stack %lu, opened %d in %d\n", files.rlim_cur, back.rlim_cur, opened, getpid());
    return guest_success();
}
