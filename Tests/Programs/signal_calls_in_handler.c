// A timer's handler makes system calls of many kinds in the middle of a computation.
#include "guest.h"

#include <sys/time.h>

static volatile uint64_t value = 1;
static volatile int ticks;
static int fd;

static void handler(int signal) {
    char text[32];
    CHECK(signal == SIGALRM);
    if (ticks == 5) return;
    int length = snprintf(text, sizeof text, "%016lx\n", value);
    CHECK(write(fd, text, (size_t)length) == length && write(1, text, (size_t)length) == length);
    CHECK(lseek(fd, 0, SEEK_END) == (ticks + 1) * length && getppid() > 0);
    void *page = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(page != MAP_FAILED);
    CHECK(pread(fd, page, 32, 0) > 0 && munmap(page, 8192) == 0);
    ticks++;
}

int main(void) {
    fd = guest_file("written", "");
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    while (ticks < 5) value = value * 6364136223846793005 + 1442695040888963407;
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    return guest_success();
}
