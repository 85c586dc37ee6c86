// Without SA_RESTART a handler makes accept, write, waitpid, flock and msgrcv fail with EINTR.
#include "guest.h"

#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/socket.h>
#include <sys/un.h>

static volatile int handled, *step;

static void handler(int signal) {
    CHECK(signal == SIGUSR1);
    handled++;
}

int main(void) {
    int ends[2], listening = socket(AF_UNIX, SOCK_STREAM, 0), queue = msgget(IPC_PRIVATE, 0600);
    step = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(step != MAP_FAILED && pipe(ends) == 0 && listening >= 0 && queue >= 0);
    struct sockaddr_un name = {.sun_family = AF_UNIX};
    CHECK(bind(listening, (struct sockaddr *)&name, sizeof(sa_family_t)) == 0 && listen(listening, 1) == 0);
    CHECK(fcntl(ends[1], F_SETFL, O_NONBLOCK) == 0);
    char bytes[4096] = {0};
    while (write(ends[1], bytes, sizeof bytes) > 0) continue;
    CHECK(errno == EAGAIN && fcntl(ends[1], F_SETFL, 0) == 0);
    int file = guest_file("lock", ""), again = open("lock", O_RDWR);
    CHECK(flock(file, LOCK_EX) == 0);
    CHECK(sigaction(SIGUSR1, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
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
        struct {
            long type;
            char text[8];
        } message;
        long result = 0;
        *step = i;
        switch (i) {
        case 1: result = accept(listening, NULL, NULL); break;
        case 2: result = write(ends[1], bytes, 1); break;
        case 3: result = flock(again, LOCK_EX); break;
        case 4: result = msgrcv(queue, &message, 8, 0, 0); break;
        case 5: result = waitpid(child, NULL, 0); break;
        }
        if (i == 5 && result == child) break;  // The child sent its last signal and ended before we were woken.
        CHECK(result == -1 && errno == EINTR && handled == i);
        if (i == 5) CHECK(guest_wait_exit(child) == 0);
    }
    CHECK(msgctl(queue, IPC_RMID, NULL) == 0);
    printf("%d interrupted %d five times\n", child, parent);
    return guest_success();
}
