// Signals that a program ignores, by default or by its own will, do not end what it sleeps in: no EINTR, and nothing is
// read or written in part.
#include "guest.h"
#include <sys/epoll.h>
#include <sys/sem.h>
#include <sys/socket.h>

enum { timeout_ms = 60, first_realtime = 34 };
static const struct timespec timeout = {0, timeout_ms * 1000000};
static const int ignored[] = {SIGUSR1, SIGWINCH, SIGURG, first_realtime};
static pid_t parent;

// Four children send a signal each, one after the other, and end, which sends SIGCHLD.
static void disturb(void) {
    for (int i = 0; i < 4; i++) {
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            guest_sleep_ms(5 * (i + 1));
            kill(parent, ignored[i]);
            _exit(0);
        }
    }
}

// Does something to the other end of a pipe or socket after the disturbance.
static void later(void (*action)(int), int fd) {
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_sleep_ms(timeout_ms);
        action(fd);
        _exit(0);
    }
}

static void settle(const char *what, long result) {
    int error = errno;
    printf("%s: %ld %s\n", what, result, result == -1 ? strerror(error) : "");
    while (wait(NULL) > 0) {}
}

enum { large = 1 << 20 };
static char data[large];

static void write_half(int fd) { CHECK(write(fd, data, 300) == 300); }
static void read_all(int fd) {
    long left = large;
    while (left > 0) {
        ssize_t count = read(fd, data, sizeof data);
        CHECK(count > 0);
        left -= count;
    }
}
static void increment(int set) {
    struct sembuf up = {0, 1, 0};
    CHECK(semop(set, &up, 1) == 0);
}

#define DISTURBED(what, call)                                                                                          \
    do {                                                                                                               \
        disturb();                                                                                                     \
        settle(what, call);                                                                                            \
    } while (0)

int main(void) {
    parent = getpid();
    signal(SIGUSR1, SIG_IGN);
    signal(first_realtime, SIG_IGN);
    int pipe_ends[2];
    CHECK(pipe(pipe_ends) == 0);

    int epoll = epoll_create1(0);
    struct epoll_event event = {.events = EPOLLIN};
    CHECK(epoll_ctl(epoll, EPOLL_CTL_ADD, pipe_ends[0], &event) == 0);
    DISTURBED("epoll_wait", epoll_wait(epoll, &event, 1, timeout_ms));
    sigset_t other, all;
    sigemptyset(&other);
    sigaddset(&other, SIGUSR2);
    DISTURBED("epoll_pwait", epoll_pwait(epoll, &event, 1, timeout_ms, &other));
    sigemptyset(&all);
    DISTURBED("epoll_pwait with an empty mask", epoll_pwait(epoll, &event, 1, timeout_ms, &all));
    sigprocmask(SIG_BLOCK, &other, NULL);
    DISTURBED("sigtimedwait", sigtimedwait(&other, NULL, &timeout));

    int semaphores = semget(IPC_PRIVATE, 1, 0600);
    struct sembuf down = {0, -1, 0};
    CHECK(semaphores >= 0);
    DISTURBED("semtimedop", semtimedop(semaphores, &down, 1, &timeout));
    later(increment, semaphores);
    DISTURBED("semop", semop(semaphores, &down, 1));
    CHECK(semctl(semaphores, 0, IPC_RMID) == 0);

    int sockets[2];
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, sockets) == 0);
    CHECK(write(sockets[1], data, 300) == 300);
    later(write_half, sockets[1]);
    DISTURBED("recv all", recv(sockets[0], data, 600, MSG_WAITALL));
    later(read_all, sockets[1]);
    DISTURBED("send", send(sockets[0], data, large, 0));
    later(read_all, pipe_ends[0]);
    DISTURBED("write to a pipe", write(pipe_ends[1], data, large));
    struct timeval limit = {0, timeout_ms * 1000};
    CHECK(setsockopt(sockets[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit) == 0);
    DISTURBED("recv with a limit", recv(sockets[0], data, 10, 0));

    sigset_t mask;
    CHECK(sigprocmask(SIG_BLOCK, NULL, &mask) == 0);
    printf("mask %lx\n", *(unsigned long *)&mask);
    return guest_success();
}
