// Some calls fail with EINTR even after a handler with SA_RESTART: poll, select, epoll_wait, semop, sigsuspend.
#include "guest.h"

#include <poll.h>
#include <sys/epoll.h>
#include <sys/ipc.h>
#include <sys/select.h>
#include <sys/sem.h>

static volatile int handled, *step;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    handled++;
}

int main(void) {
    int ends[2], poller = epoll_create1(0), semaphore = semget(IPC_PRIVATE, 1, 0600);
    step = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(step != MAP_FAILED && pipe(ends) == 0 && poller >= 0 && semaphore >= 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler, .sa_flags = SA_RESTART}, NULL) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        for (int i = 1; i <= 5; i++) {
            while (*step < i) sched_yield();
            guest_await_state(parent, parent, 'S');
            CHECK(kill(parent, SIGUSR1) == 0);
        }
        _exit(0);
    }
    for (int i = 1; i <= 5; i++) {
        struct pollfd ready = {ends[0], POLLIN, 0};
        struct epoll_event event;
        fd_set set;
        sigset_t none;
        FD_ZERO(&set);
        FD_SET(ends[0], &set);
        sigemptyset(&none);
        long result = 0;
        *step = i;
        switch (i) {
        case 1: result = poll(&ready, 1, 20000); break;
        case 2: result = select(ends[0] + 1, &set, NULL, NULL, NULL); break;
        case 3: result = epoll_wait(poller, &event, 1, -1); break;
        case 4: result = semop(semaphore, &(struct sembuf){0, -1, 0}, 1); break;
        case 5: result = sigsuspend(&none); break;
        }
        CHECK(result == -1 && errno == EINTR && handled == i);
    }
    CHECK(semctl(semaphore, 0, IPC_RMID) == 0 && guest_wait_exit(child) == 0);
    printf("%d interrupted %d five times\n", child, parent);
    return guest_success();
}
