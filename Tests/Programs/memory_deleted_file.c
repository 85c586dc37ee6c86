// A mapping outlives its file's name, its descriptor, and a new file of the same name.
#include "guest.h"

int main(void) {
    char text[40];
    snprintf(text, sizeof text, "first %016lx", guest_random());
    int fd = guest_file("file", text);
    char *mapped = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(mapped != MAP_FAILED);
    close(fd);
    CHECK(unlink("file") == 0);
    fd = guest_file("file", "second");
    char *second = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(second != MAP_FAILED);
    CHECK(strcmp(mapped, text) == 0 && strcmp(second, "second") == 0);
    printf("%s, %s\n", mapped, second);
    return guest_success();
}
