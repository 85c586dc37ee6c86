// vmsplice: from memory into a pipe leaves the memory alone, wherever it is; from a pipe into memory fills it.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>

static int stop[2];

static void *idle(void *argument) {
    guest_await(stop[0]);
    return argument;
}

static void both_ways(char *memory, const char *name) {
    int data[2];
    CHECK(pipe(data) == 0);
    uint64_t seed = guest_random();
    for (int i = 0; i < 8192; i++) memory[i] = (char)('a' + (seed >> i % 50) % 26);
    uint64_t before = guest_hash(memory, 8192);
    struct iovec vector[] = {{memory + 10, 3000}, {memory + 4000, 1000}};
    CHECK(vmsplice(data[1], vector, 2, 0) == 4000);
    CHECK(guest_hash(memory, 8192) == before);
    static char buffer[4000];
    CHECK(read(data[0], buffer, sizeof buffer) == sizeof buffer);
    CHECK(memcmp(buffer, memory + 10, 3000) == 0 && memcmp(buffer + 3000, memory + 4000, 1000) == 0);
    CHECK(write(data[1], buffer, 500) == 500);
    struct iovec into = {memory + 100, 2000};
    CHECK(vmsplice(data[0], &into, 1, 0) == 500);
    CHECK(memcmp(memory + 100, buffer, 500) == 0);
    printf("%s %016lx %016lx\n", name, before, guest_hash(memory, 8192));
    close(data[0]), close(data[1]);
}

int main(void) {
    char *own = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    char *shared = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(own != MAP_FAILED && shared != MAP_FAILED);
    both_ways(own, "private");
    both_ways(shared, "shared");
    CHECK(pipe(stop) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, idle, NULL) == 0);
    both_ways(own, "with a thread");
    both_ways(shared, "shared, with a thread");
    guest_signal(stop[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
