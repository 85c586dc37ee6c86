// Files of terabytes with a few pages of data: mapped shared and private, changed, and written to by processes that are
// interrupted. What counts by size does not end in time.
#include "guest.h"

#include <linux/falloc.h>
#include <sys/shm.h>

static const size_t tera = (size_t)1 << 40;

static void compute(volatile uint64_t *counter) {
    struct timespec start, now;
    CHECK(clock_gettime(CLOCK_MONOTONIC, &start) == 0);
    do {
        for (int i = 0; i < 2000000; i++) *counter = *counter * 3 + 1;
        CHECK(clock_gettime(CLOCK_MONOTONIC, &now) == 0);
    } while ((now.tv_sec - start.tv_sec) * 1000 + (now.tv_nsec - start.tv_nsec) / 1000000 < 150);
}

static void in_memory(void) {
    int fd = memfd_create("terabytes", 0);
    CHECK(fd >= 0 && ftruncate(fd, 4 * tera) == 0);
    char *p = mmap(NULL, 4 * tera, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
    CHECK(p != MAP_FAILED);
    p[0] = 1;
    p[2 * tera] = 2;
    p[4 * tera - 1] = 3;
    volatile uint64_t *counters = (uint64_t *)(p + 3 * tera);
    pid_t child = fork();
    CHECK(child >= 0);
    compute(counters + (child == 0 ? 0 : 8192));
    if (child == 0) _exit(0);
    CHECK(guest_wait_exit(child) == 0);
    printf("%d %d %d %lx %lx\n", p[0], p[2 * tera], p[4 * tera - 1], counters[0], counters[8192]);
    // The length, and a hole that is larger than any memory.
    CHECK(ftruncate(fd, 5 * tera) == 0);
    CHECK(fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, 4096, 3 * tera) == 0);
    CHECK(pwrite(fd, "end", 4, 4 * tera - 10) == 4);
    printf("%d %d %s %lx\n", p[0], p[2 * tera], p + 4 * tera - 10, counters[0]);
    CHECK(munmap(p, 4 * tera) == 0 && close(fd) == 0);
}

static void on_disk(void) {
    int fd = guest_file("sparse", "first");
    CHECK(ftruncate(fd, tera) == 0);
    CHECK(pwrite(fd, "middle", 7, tera / 2 + 5) == 7);
    char *p = mmap(NULL, tera, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_NORESERVE, fd, 0);
    CHECK(p != MAP_FAILED);
    p[4096] = 'p';
    printf("%s %s %c\n", p, p + tera / 2 + 5, p[4096]);
    CHECK(pwrite(fd, "last", 5, tera - 5) == 5);
    char *s = mmap(NULL, tera, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    CHECK(s != MAP_FAILED);
    strcpy(s, "FIRST");
    printf("%s %s %s %c\n", p, p + tera / 2 + 5, p + tera - 5, p[4096]);
    compute((uint64_t *)(s + tera / 4));
    printf("%lx\n", *(uint64_t *)(p + tera / 4));
    CHECK(munmap(p, tera) == 0 && munmap(s, tera) == 0 && close(fd) == 0 && unlink("sparse") == 0);
}

static void segment(void) {
    int id = shmget(IPC_PRIVATE, (size_t)16 << 30, IPC_CREAT | SHM_NORESERVE | 0600);
    CHECK(id >= 0);
    char *p = shmat(id, NULL, 0);
    CHECK(p != (void *)-1);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    p[(size_t)9 << 30] = 9;
    printf("%d %d\n", p[0], p[(size_t)9 << 30]);
    CHECK(shmdt(p) == 0);
}

int main(void) {
    in_memory();
    on_disk();
    segment();
    return guest_success();
}
