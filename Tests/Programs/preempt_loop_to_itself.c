// A thread is stopped again and again in an instruction that leads to itself: `loop`, tens of millions of times.
// cflags: -pthread
#include "guest.h"

#include <pthread.h>

static volatile uint64_t rounds, short_rounds;

static void *count(void *unused) {
    for (;;) {
        __asm__ volatile("movl $30000000, %%ecx\n1: loop 1b" : : : "rcx");
        rounds++;
        // With ECX: the upper half of rcx is lost, and a condition that holds.
        __asm__ volatile("movabsq $0x500989680, %%rcx\n cmpq %%rcx, %%rcx\n1: .byte 0x67\n loope 1b" : : : "rcx", "cc");
        rounds++;
        for (int i = 0; i < 1000; i++) __asm__ volatile("movl $3, %%ecx\n1: loop 1b" : : : "rcx");
        short_rounds += 1000;
    }
    return unused;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, count, NULL) == 0);
    for (int i = 0; i < 4; i++) {
        guest_sleep_ms(60);
        printf("%lu and %lu\n", rounds, short_rounds);
    }
    return guest_success();
}
