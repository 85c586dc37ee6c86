// SIGKILL for a child in which four threads compute: all end at once, and shared memory shows how far they were.
// libs: -lpthread
#include "compete.h"

static volatile uint64_t *words;

static void *work(void *argument) {
    for (;;) words[(intptr_t)argument]++;
    return NULL;
}

int main(void) {
    words = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    CHECK(words != MAP_FAILED);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) run_threads(4, work);
    for (int i = 0; i < 4; i++)
        while (words[i] == 0) guest_sleep_ms(1);
    CHECK(kill(child, SIGKILL) == 0 && guest_wait_signal(child) == SIGKILL);
    uint64_t before = guest_hash((void *)words, 32);
    guest_sleep_ms(2);
    CHECK(guest_hash((void *)words, 32) == before);
    printf("turns %lu, %lu, %lu, %lu\n", words[0], words[1], words[2], words[3]);
    return guest_success();
}
