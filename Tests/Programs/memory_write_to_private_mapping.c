// write(2) to a file shows in a private mapping of it as long as the page was not stored to.
#include "guest.h"

int main(void) {
    int fd = guest_file("file", "first");
    CHECK(ftruncate(fd, 8192) == 0);
    char *mapped = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(mapped != MAP_FAILED);
    CHECK(strcmp(mapped, "first") == 0);
    mapped[4096 + 100] = 'm';  // The second page is ours from now on.
    char text[32];
    snprintf(text, sizeof text, "%016lx", guest_random());
    CHECK(pwrite(fd, text, 17, 0) == 17);
    CHECK(pwrite(fd, text, 17, 4096) == 17);
    // Linux shows the write in the clean page and not in the copied one.
    CHECK(strcmp(mapped, text) == 0);
    CHECK(mapped[4096] == 0 && mapped[4096 + 100] == 'm');
    printf("%s\n", mapped);
    return guest_success();
}
