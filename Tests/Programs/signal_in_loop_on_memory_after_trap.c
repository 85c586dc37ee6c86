// As signal_in_loop_on_memory, but the loop begins anew after each signal, behind rdtsc or a call: neither is the last
// that the thread did.
#include "guest.h"

#include <setjmp.h>
#include <sys/time.h>

static volatile uint64_t turns;
static uint64_t seen[24];
static sigjmp_buf start;

static void handler(int signal) {
    CHECK(signal == SIGALRM);
    siglongjmp(start, 1);
}

int main(void) {
    CHECK(sigaction(SIGALRM, &(struct sigaction){.sa_handler = handler}, NULL) == 0);
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){{0, 6000}, {0, 6000}}, NULL) == 0);
    static volatile int ticks = -1;
    sigsetjmp(start, 1);
    if (++ticks < 24) {
        if (ticks > 0) seen[ticks - 1] = turns;
        // The loop begins right behind an instruction that the recorder carries out, and behind a call that it answers.
        if (ticks % 2 == 0)
            __asm__ volatile("testl %%esp, %%esp\n rdtsc\n1: incq %0\n incq %0\n testl %%esp, %%esp\n jmp 1b" : "+m"(turns) : : "rax", "rdx", "cc", "memory");
        static cpu_set_t cores;
        register long size __asm__("rsi") = sizeof cores;
        register void *mask __asm__("rdx") = &cores;
        __asm__ volatile("testl %%esp, %%esp\n syscall\n1: incq %0\n incq %0\n testl %%esp, %%esp\n jmp 1b"
                         : "+m"(turns)
                         : "a"(SYS_sched_getaffinity), "D"(0), "r"(size), "r"(mask)
                         : "rcx", "r11", "cc", "memory");
    }
    CHECK(setitimer(ITIMER_REAL, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < 23; i++) {
        printf("tick at %lu\n", seen[i]);
        CHECK(i == 0 || seen[i] >= seen[i - 1]);
    }
    return guest_success();
}
