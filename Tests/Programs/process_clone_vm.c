// clone(CLONE_VM | CLONE_FILES | CLONE_FS): a child process on our memory, descriptors and working directory.
#include "guest.h"

static volatile int shared_fd = -1;

static int child_main(void *argument) {
    *(volatile pid_t *)argument = getpid();
    shared_fd = open("/dev/null", O_RDONLY);
    return mkdir("inner", 0755) || chdir("inner") ? 1 : 17;
}

int main(void) {
    size_t size = 64 * 1024;
    char *stack = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_STACK, -1, 0);
    CHECK(stack != MAP_FAILED);
    volatile pid_t seen = 0;
    pid_t child = clone(child_main, stack + size, CLONE_VM | CLONE_FILES | CLONE_FS | SIGCHLD, (void *)&seen);
    CHECK(child > 0);
    CHECK(guest_wait_exit(child) == 17);
    CHECK(seen == child);
    CHECK(fcntl(shared_fd, F_GETFD) == 0);
    char directory[PATH_MAX];
    CHECK(getcwd(directory, sizeof directory) != NULL);
    CHECK(strcmp(strrchr(directory, '/'), "/inner") == 0);
    printf("child %d moved us to %s\n", child, directory);
    return guest_success();
}
