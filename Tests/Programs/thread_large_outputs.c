// What calls that sleep are filling is not seen by halves, however much it is: one output of 20 MiB, and many of 1 MiB at the
// same time. Others look at the memory meanwhile, change what is mapped there, and create processes.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <sys/socket.h>

enum { MIB = 1 << 20, LARGE = 20 * MIB, COUNT = 24, PAGE = 4096 };

struct transfer {
    int sockets[2];
    volatile unsigned char *buffer;
    size_t length;
    ssize_t result;
    volatile pid_t tid;
    pthread_t thread;
};

static void *receive(void *argument) {
    struct transfer *transfer = argument;
    transfer->tid = gettid();
    transfer->result = recv(transfer->sockets[0], (void *)transfer->buffer, transfer->length, MSG_WAITALL);
    return NULL;
}

static void begin(struct transfer *transfer, size_t length) {
    transfer->length = length;
    transfer->tid = 0;
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, transfer->sockets) == 0);
    transfer->buffer = mmap(NULL, length, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(transfer->buffer != MAP_FAILED);
    CHECK(pthread_create(&transfer->thread, NULL, receive, transfer) == 0);
    while (transfer->tid == 0) sched_yield();
}

static void give(struct transfer *transfer, size_t count) {
    static unsigned char bytes[16 << 10];
    uint64_t value = guest_random();
    for (size_t i = 0; i < sizeof bytes; i += 8) {
        *(uint64_t *)(bytes + i) = value | 0x0101010101010101;
        value = value * 6364136223846793005 + 1442695040888963407;
    }
    for (size_t done = 0; done < count;) {
        size_t wanted = count - done < sizeof bytes ? count - done : sizeof bytes;
        ssize_t part = send(transfer->sockets[1], bytes, wanted, MSG_NOSIGNAL);
        // Nobody is left to take it.
        if (part == -1) return;
        done += (size_t)part;
    }
}

static size_t seen(const struct transfer *transfer) {
    size_t count = 0;
    for (size_t i = 0; i < transfer->length; i += PAGE) count += transfer->buffer[i] != 0;
    return count;
}

static void end(struct transfer *transfer) {
    CHECK(pthread_join(transfer->thread, NULL) == 0);
    CHECK(close(transfer->sockets[0]) == 0 && close(transfer->sockets[1]) == 0);
}

// A receiver that gets no more returns with what it has.
static void cut(struct transfer *transfer) { CHECK(shutdown(transfer->sockets[1], SHUT_WR) == 0); }

int main(void) {
    struct transfer one;
    begin(&one, LARGE);
    for (int i = 0; i < 3; i++) {
        give(&one, MIB);
        guest_await_state(getpid(), one.tid, 'S');
        // Natively some of it is there already.
        printf("%zu of %d pages\n", seen(&one), LARGE / PAGE);
    }
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        printf("child: %zu\n", seen(&one));
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    give(&one, 1000);
    cut(&one);
    end(&one);
    CHECK(one.result == 3 * MIB + 1000 && seen(&one) == 3 * MIB / PAGE + 1);
    printf("%016lx\n", guest_hash((void *)one.buffer, 3 * MIB + 1000));
    CHECK(munmap((void *)one.buffer, LARGE) == 0);

    // The most of it goes away.
    begin(&one, LARGE);
    give(&one, MIB / 4);
    guest_await_state(getpid(), one.tid, 'S');
    CHECK(munmap((void *)(one.buffer + MIB / 2), LARGE - MIB / 2) == 0);
    // Whoever has met bad memory takes no more: not more than fits into the socket.
    give(&one, MIB / 4 + (32 << 10));
    cut(&one);
    end(&one);
    CHECK(one.result > 0 && one.result <= MIB / 2);
    one.length = MIB / 2;
    printf("%zd, %zu\n", one.result, seen(&one));
    CHECK(munmap((void *)one.buffer, one.length) == 0);

    static struct transfer many[COUNT];
    for (int i = 0; i < COUNT; i++) begin(&many[i], MIB);
    for (int i = 0; i < COUNT; i++) {
        give(&many[i], PAGE);
        guest_await_state(getpid(), many[i].tid, 'S');
        printf("%d: %zu\n", i, seen(&many[i]));
    }
    for (int i = 0; i < COUNT; i++) {
        give(&many[i], PAGE);
        cut(&many[i]);
        end(&many[i]);
        CHECK(many[i].result == 2 * PAGE && seen(&many[i]) == 2);
    }
    return guest_success();
}
