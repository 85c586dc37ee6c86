// setjmp, getcontext, makecontext and swapcontext: two coroutines that take turns with system calls between.
#include "guest.h"

#include <setjmp.h>
#include <ucontext.h>

static ucontext_t main_context, coroutine[2];
static char trail[64];

static void run(int own) {
    for (int i = 0; i < 5; i++) {
        char step[8];
        snprintf(step, sizeof step, "%c%d", 'a' + own, i);
        strcat(trail, step);
        CHECK(swapcontext(&coroutine[own], &coroutine[1 - own]) == 0);
    }
}

static void prepare(int own) {
    CHECK(getcontext(&coroutine[own]) == 0);
    coroutine[own].uc_stack.ss_size = 65536;
    coroutine[own].uc_stack.ss_sp = malloc(65536);
    coroutine[own].uc_link = &main_context;
    makecontext(&coroutine[own], (void (*)(void))run, 1, own);
}

static void check_longjmp(void) {
    jmp_buf place;
    volatile int jumps = 0;
    if (setjmp(place) < 10) {
        jumps++;
        longjmp(place, jumps);
    }
    CHECK(jumps == 10);
}

int main(void) {
    prepare(0);
    prepare(1);
    CHECK(swapcontext(&main_context, &coroutine[0]) == 0);
    CHECK(strcmp(trail, "a0b0a1b1a2b2a3b3a4b4") == 0);
    check_longjmp();
    printf("%s on %p\n", trail, coroutine[0].uc_stack.ss_sp);
    return guest_success();
}
