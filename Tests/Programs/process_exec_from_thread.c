// An exec by a thread that is not the leader: it takes over the leader's id, the leader vanishes.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static void *execute(void *argument) {
    (void)argument;
    CHECK(gettid() != getpid());
    char pid[16], tid[16];
    snprintf(pid, sizeof pid, "%d", getpid());
    snprintf(tid, sizeof tid, "%d", gettid());
    execl("/proc/self/exe", "again", pid, tid, (char *)NULL);
    CHECK(!"exec returned");
}

int main(int argc, char **argv) {
    if (argc == 3) {
        CHECK(atoi(argv[1]) == getpid());
        CHECK(gettid() == getpid());
        CHECK(guest_state(getpid(), atoi(argv[2])) == 0);
        printf("process %s, executed by thread %s\n", argv[1], argv[2]);
        return guest_success();
    }
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, execute, NULL) == 0);
    pthread_join(thread, NULL);
    CHECK(!"the thread ended");
}
