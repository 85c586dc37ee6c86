// /proc/PID/mem changes memory: a process's own, whatever its protection, a thread's, and a child's; by every call that
// writes to files.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <sys/sendfile.h>

static char target[64] = "................................................";
static const volatile char constant[16] = "constant";

static void put(const char *what, int fd, ssize_t done) {
    (void)fd;
    printf("%s: %zd errno %d %.48s\n", what, done, done < 0 ? errno : 0, target);
}

static void *as_thread(void *argument) {
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/task/%d/mem", getpid(), (int)gettid());
    int fd = open(path, O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    uint64_t value = guest_random();
    CHECK(pwrite(fd, &value, 8, (off_t)(uintptr_t)argument) == 8);
    close(fd);
    return NULL;
}

int main(void) {
    int fd = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    CHECK(fd >= 0);
    char text[17];
    snprintf(text, sizeof text, "%016lx", guest_random());
    off_t place = (off_t)(uintptr_t)target;
    put("pwrite", fd, pwrite(fd, text, 8, place));
    CHECK(lseek(fd, place + 4, SEEK_SET) == place + 4);
    put("write", fd, write(fd, text, 8));
    put("write", fd, write(fd, text + 8, 4));
    struct iovec vector[] = {{text, 3}, {text + 8, 5}};
    put("writev", fd, writev(fd, vector, 2));
    put("pwritev", fd, pwritev(fd, vector, 2, place + 30));
    put("pwritev2", fd, pwritev2(fd, vector, 2, -1, 0));
    put("pwritev2", fd, pwritev2(fd, vector, 2, place + 40, 0));
    int file = guest_file("source", text), data[2];
    CHECK(pipe(data) == 0 && lseek(file, 0, SEEK_SET) == 0);
    put("sendfile", fd, sendfile(fd, file, NULL, 4));
    CHECK(write(data[1], text, 8) == 8);
    off_t at = place + 12;
    put("splice", fd, splice(data[0], NULL, fd, &at, 4, 0));
    put("copy_file_range", fd, copy_file_range(file, NULL, fd, &at, 4, 0));
    CHECK(unlink("source") == 0);

    // Read-only memory of its own, unless the kernel is told to forbid it.
    ssize_t count = pwrite(fd, text, 4, (off_t)(uintptr_t)constant);
    printf("constant: %zd %.8s\n", count, (const char *)constant);

    static volatile uint64_t word;
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, as_thread, (void *)&word) == 0);
    CHECK(pthread_join(thread, NULL) == 0);
    printf("%016lx\n", word);

    int ready[2], done[2];
    CHECK(pipe(ready) == 0 && pipe(done) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        guest_signal(ready[1]);
        guest_await(done[0]);
        printf("child %016lx\n", word);
        _exit(0);
    }
    guest_await(ready[0]);
    char path[64];
    snprintf(path, sizeof path, "/proc/%d/mem", child);
    int other = open(path, O_RDWR | O_CLOEXEC);
    if (other >= 0) {
        uint64_t value = guest_random();
        CHECK(pwrite(other, &value, 8, (off_t)(uintptr_t)&word) == 8);
    } else {
        CHECK(errno == EACCES || errno == EPERM);
    }
    guest_signal(done[1]);
    CHECK(guest_wait_exit(child) == 0);
    printf("parent %016lx\n", word);
    return guest_success();
}
