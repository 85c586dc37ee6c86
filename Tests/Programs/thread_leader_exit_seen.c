// A leader that exits before its thread: the word that the kernel clears at its end is seen by the thread at once.
// libs: -lpthread
#include "guest.h"

#include <pthread.h>
#include <stdatomic.h>
#include <sys/syscall.h>

static _Atomic int word = 1;

static void *look(void *argument) {
    (void)argument;
    // Woken by the leader's end, or refused because that has come already.
    syscall(SYS_futex, &word, 0 /* FUTEX_WAIT */, 1, NULL, NULL, 0);
    for (int i = 0; i < 200 && atomic_load(&word) != 0; i++) usleep(10000);
    CHECK(atomic_load(&word) == 0);
    printf("the leader is gone\n");
    exit(guest_success());
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, look, NULL) == 0);
    syscall(SYS_set_tid_address, &word);
    syscall(SYS_exit, 0);
}
