// While another thread exists, calls that may sleep are given memory that the program cannot write: they fail, or stop
// short, as ever, and what they have not delivered is still there.
// libs: -lpthread
#include "guest.h"

#include <poll.h>
#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>

static int stop[2];

static void *idle(void *argument) {
    guest_await(stop[0]);
    return argument;
}

int main(void) {
    int data[2], page = 4096;
    CHECK(pipe(stop) == 0 && pipe(data) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, idle, NULL) == 0);
    char text[17], buffer[32];
    snprintf(text, sizeof text, "%016lx", guest_random());
    CHECK(write(data[1], text, 16) == 16);

    char *memory = mmap(NULL, 4 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, '.', 4 * page);
    CHECK(mprotect(memory + page, page, PROT_READ) == 0 && mprotect(memory + 2 * page, page, PROT_NONE) == 0);
    CHECK(munmap(memory + 3 * page, page) == 0);
    char *bad[] = {memory + page, memory + 2 * page, memory + 3 * page, (char *)8, (char *)main, (char *)-4096};
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        CHECK(read(data[0], bad[i], 4) == -1 && errno == EFAULT);
        struct iovec element = {bad[i], 4};
        ssize_t count = readv(data[0], &element, 1);
        CHECK(count == -1 && errno == EFAULT);
    }
    CHECK(memory[page] == '.');
    // The second buffer is bad: what of it is delivered is the kernel's choice.
    struct iovec pair[] = {{buffer, 4}, {memory + page, 4}};
    ssize_t count = readv(data[0], pair, 2);
    printf("the second of two: %zd errno %d %.4s\n", count, count < 0 ? errno : 0, buffer);
    // Into the last bytes before a bad page: what the kernel makes of it (and of what it could have written) is its own.
    memset(memory + page - 2, '.', 2);
    count = read(data[0], memory + page - 2, 4);
    printf("at the end of a page: %zd errno %d %.2s\n", count, count < 0 ? errno : 0, memory + page - 2);
    count = read(data[0], buffer, sizeof buffer);
    printf("what is left: %.*s\n", (int)count, buffer);

    // Lengths and structures.
    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_DGRAM, 0, sockets) == 0);
    CHECK(write(sockets[1], text, 16) == 16);
    struct msghdr *header = (struct msghdr *)(memory + page);
    CHECK(recvmsg(sockets[0], header, MSG_DONTWAIT) == -1);
    printf("recvmsg of zeros and dots: errno %d\n", errno);
    struct pollfd *entry = (struct pollfd *)(memory + 64);
    *entry = (struct pollfd){sockets[0], POLLIN, 0};
    CHECK(poll(entry, 1, -1) == 1 && entry->revents == POLLIN);
    entry->revents = 0;
    CHECK(mprotect(memory, page, PROT_READ) == 0);
    CHECK(poll(entry, 1, -1) == -1 && errno == EFAULT && entry->revents == 0);
    int epoll = epoll_create1(0);
    struct epoll_event event = {EPOLLIN, {.u32 = 1}};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, sockets[0], &event) == 0);
    CHECK(epoll_wait(epoll, (struct epoll_event *)memory, 4, -1) == -1 && errno == EFAULT);
    CHECK(epoll_wait(epoll, &event, 1, -1) == 1 && event.data.u32 == 1);
    pid_t child = fork();
    if (child == 0) _exit(3);
    CHECK(waitpid(child, (int *)memory, 0) == -1 && errno == EFAULT);
    guest_signal(stop[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
