// A program that was executed changes a file that the one which started it has mapped, and the other way round; the
// mapping is not inherited by a child (MADV_DONTFORK) and comes from memfd_create(2).
#include "guest.h"

enum { PAGE = 4096 };

static int changer(const char *name) {
    int fd = atoi(name);
    char *p = mmap(NULL, 3 * PAGE, PROT_READ, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED);
    printf("executed: %s %s\n", p, p + PAGE);
    char *s = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(s != MAP_FAILED);
    strcpy(s, "stored");
    CHECK(pwrite(fd, "written", 8, PAGE) == 8);
    CHECK(pwrite(fd, "grown", 6, 2 * PAGE) == 6);
    printf("executed: %s %s %s\n", p, p + PAGE, p + 2 * PAGE);
    return 0;
}

int main(int argc, char **argv) {
    if (argc > 1) return changer(argv[1]);
    int fd = memfd_create("contents", 0);
    CHECK(fd >= 0 && ftruncate(fd, 2 * PAGE) == 0);
    CHECK(pwrite(fd, "first", 6, 0) == 6 && pwrite(fd, "second", 7, PAGE) == 7);
    char *p = mmap(NULL, 3 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    char *kept = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    CHECK(p != MAP_FAILED && kept != MAP_FAILED);
    CHECK(madvise(kept, 2 * PAGE, MADV_DONTFORK) == 0);
    kept[PAGE + 10] = 'k';
    printf("mapped: %s %s\n", p, p + PAGE);
    for (int i = 0; i < 2; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            // The child has no such mapping: its page is somebody else's to use.
            void *again = mmap(kept, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
            CHECK(again == kept && kept[0] == 0);
            char number[16];
            snprintf(number, sizeof number, "%d", fd);
            execl("/proc/self/exe", argv[0], number, NULL);
            CHECK(!"executed");
        }
        CHECK(guest_wait_exit(child) == 0);
        printf("after: %s %s %s, %s %c\n", p, p + PAGE, p + 2 * PAGE, kept, kept[PAGE + 10]);
        CHECK(pwrite(fd, "FIRST", 6, 0) == 6);
        p[PAGE] = 'W';
        printf("then: %s %s\n", p, p + PAGE);
    }
    return guest_success();
}
