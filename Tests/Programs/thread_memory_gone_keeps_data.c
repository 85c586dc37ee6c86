// A thread sleeps in a read into memory that another thread takes away or makes read-only: the read fails, and what it could
// not store is still there for the next one.
#include "guest.h"
#include <pthread.h>
#include <sys/socket.h>

enum { page = 4096 };
static int ends[2];
static char *memory;
static long results[2];
static volatile pid_t reader;

static void *read_into_it(void *unused) {
    (void)unused;
    struct iovec parts[2] = {{memory + 10, 5}, {memory + page - 6, 20}};
    reader = (pid_t)syscall(SYS_gettid);
    results[0] = readv(ends[0], parts, 2);
    results[1] = results[0] == -1 ? errno : 0;
    return NULL;
}

static void run(const char *what, int change) {
    memory = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    reader = 0;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, read_into_it, NULL) == 0);
    while (reader == 0) sched_yield();
    guest_await_state(getpid(), reader, 'S');
    switch (change) {
    case 0: CHECK(munmap(memory, 2 * page) == 0); break;
    case 1: CHECK(munmap(memory + page, page) == 0); break;
    case 2: CHECK(mprotect(memory, page, PROT_READ) == 0); break;
    case 3: CHECK(mremap(memory + page, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, memory) == memory); break;
    default: CHECK(mmap(memory, page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == memory);
    }
    CHECK(write(ends[1], "0123456789abcdefghijklmnopqrstuvwxyz", 36) == 36);
    CHECK(pthread_join(thread, NULL) == 0);
    char rest[100];
    ssize_t left = recv(ends[0], rest, sizeof rest, MSG_DONTWAIT);
    // A packet whose end finds no place stays where it is.
    CHECK(results[0] == -1 && results[1] == EFAULT && left == 36);
    printf("%s: %ld %ld, then %zd %c\n", what, results[0], results[1], left, left > 0 ? rest[0] : '-');
    munmap(memory, 2 * page);
}

int main(void) {
    CHECK(socketpair(AF_UNIX, SOCK_STREAM, 0, ends) == 0);
    run("unmapped", 0);
    run("unmapped in part", 1);
    run("read-only", 2);
    run("moved", 3);
    run("mapped read-only", 4);
    return guest_success();
}
