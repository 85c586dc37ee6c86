// Standard input is read, standard error is written, and after closing standard output its number is free.
// stdin: a line for the guest
#include "guest.h"

int main(void) {
    char line[64];
    CHECK(fgets(line, sizeof line, stdin) != NULL);
    CHECK(strcmp(line, "a line for the guest\n") == 0);
    CHECK(fgetc(stdin) == EOF);
    fprintf(stderr, "to standard error by %d\n", getpid());
    printf("before closing, by %d\n", getpid());
    guest_success();
    CHECK(close(1) == 0);
    CHECK(write(1, "lost", 4) == -1 && errno == EBADF);
    int fd = open("file", O_RDWR | O_CREAT, 0600);
    CHECK(fd == 1);
    CHECK(write(1, "into the file", 13) == 13);
    fprintf(stderr, "the end\n");
    return 0;
}
