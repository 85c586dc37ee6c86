// System V and POSIX message queues between two processes.
// libs: -lrt
#include "guest.h"

#include <mqueue.h>
#include <sys/msg.h>

struct message {
    long type;
    char text[40];
};

int main(void) {
    int queue = msgget(IPC_PRIVATE, IPC_CREAT | 0600);
    CHECK(queue >= 0);
    char name[64];
    snprintf(name, sizeof name, "/xrr-guest-%d-%lx", getpid(), guest_random());
    struct mq_attr attributes = {.mq_maxmsg = 2, .mq_msgsize = 40};
    mqd_t posix = mq_open(name, O_RDWR | O_CREAT | O_EXCL, 0600, &attributes);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        struct message message = {.type = 7};
        snprintf(message.text, sizeof message.text, "from %d", getpid());
        CHECK(msgsnd(queue, &message, 20, 0) == 0);
        if (posix != (mqd_t)-1) CHECK(mq_send(posix, message.text, 20, 3) == 0);
        _exit(0);
    }
    struct message message;
    memset(&message, '#', sizeof message);
    CHECK(msgrcv(queue, &message, sizeof message.text, 7, 0) == 20 && message.type == 7 && message.text[20] == '#');
    printf("%s\n", message.text);
    if (posix != (mqd_t)-1) {
        unsigned priority = 0;
        CHECK(mq_receive(posix, message.text, 40, &priority) == 20 && priority == 3);
        CHECK(mq_getattr(posix, &attributes) == 0 && attributes.mq_curmsgs == 0);
        CHECK(mq_unlink(name) == 0);
    } else {
        printf("no POSIX queue: errno %d\n", errno);
    }
    CHECK(msgctl(queue, IPC_RMID, NULL) == 0);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
