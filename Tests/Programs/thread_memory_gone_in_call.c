// Memory that another thread unmaps or protects while a call that is to fill it sleeps: EFAULT, or a short count.
// libs: -lpthread
#include "guest.h"

#include <poll.h>
#include <pthread.h>
#include <sys/socket.h>

enum { PAGE = 4096 };
static int data[2];
static volatile pid_t sleeper;
static char *memory;

static void *read_two_pages(void *argument) {
    (void)argument;
    sleeper = gettid();
    ssize_t count = read(data[0], memory, 2 * PAGE);
    return (void *)(count < 0 ? (intptr_t)-errno : count);
}

static void *read_vector(void *argument) {
    (void)argument;
    struct iovec pair[] = {{memory, PAGE}, {memory + PAGE, PAGE}};
    sleeper = gettid();
    ssize_t count = readv(data[0], pair, 2);
    return (void *)(count < 0 ? (intptr_t)-errno : count);
}

static void *poll_once(void *argument) {
    (void)argument;
    struct pollfd *entry = (struct pollfd *)memory;
    *entry = (struct pollfd){data[0], POLLIN, 0};
    sleeper = gettid();
    int count = poll(entry, 1, -1);
    return (void *)(count < 0 ? (intptr_t)-errno : count);
}

static void keep(void) {}
static void unmap_all(void) { CHECK(munmap(memory, 2 * PAGE) == 0); }
static void unmap_second(void) { CHECK(munmap(memory + PAGE, PAGE) == 0); }
static void protect_all(void) { CHECK(mprotect(memory, 2 * PAGE, PROT_READ) == 0); }
static void protect_second(void) { CHECK(mprotect(memory + PAGE, PAGE, PROT_NONE) == 0); }
static void map_anew(void) {
    CHECK(mmap(memory, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == memory);
}

int main(void) {
    static char text[2 * PAGE];
    struct { const char *name; void (*change)(void); } changes[] = {
        {"nothing", keep}, {"all unmapped", unmap_all}, {"second unmapped", unmap_second},
        {"all protected", protect_all}, {"second protected", protect_second}, {"mapped anew", map_anew}};
    struct { const char *name; void *(*call)(void *); } calls[] = {
        {"read", read_two_pages}, {"readv", read_vector}, {"poll", poll_once}};
    for (size_t c = 0; c < 3; c++)
        for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
            if (c == 2 && (changes[i].change == map_anew)) continue;
            CHECK(pipe(data) == 0);
            uint64_t seed = guest_random();
            for (size_t n = 0; n < sizeof text; n++) text[n] = (char)('a' + (seed >> n % 50) % 26);
            memory = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
            CHECK(memory != MAP_FAILED);
            memset(memory, '.', 2 * PAGE);
            sleeper = 0;
            pthread_t thread;
            CHECK(pthread_create(&thread, NULL, calls[c].call, NULL) == 0);
            while (sleeper == 0) guest_sleep_ms(1);
            guest_await_state(getpid(), sleeper, 'S');
            guest_sleep_ms(1);
            changes[i].change();
            CHECK(write(data[1], text, sizeof text) == sizeof text);
            void *result;
            CHECK(pthread_join(thread, &result) == 0);
            printf("%s, %s: %ld", calls[c].name, changes[i].name, (long)(intptr_t)result);
            if (changes[i].change != unmap_all)
                printf(" %016lx", guest_hash(memory, changes[i].change == unmap_second || changes[i].change == protect_second ? PAGE : 2 * PAGE));
            printf("\n");
            close(data[0]), close(data[1]);
            munmap(memory, 2 * PAGE);
        }
    return guest_success();
}
