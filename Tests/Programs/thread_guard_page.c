// Threads that run out of their stacks hit the guard page; a handler on an alternate stack leaves by siglongjmp.
// libs: -lpthread
#include "compete.h"

#include <setjmp.h>

static __thread sigjmp_buf place;
static __thread volatile uint64_t depth;

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGSEGV && context != NULL && info->si_code == SEGV_ACCERR);
    siglongjmp(place, 1);
}

__attribute__((noinline)) static uint64_t descend(uint64_t value) {
    volatile char frame[1000];
    depth++;
    frame[value % 1000] = (char)value;
    if (depth > 1000000) return value;
    return descend(value + 1) + (uint64_t)frame[value % 1000];
}

static void *work(void *argument) {
    CHECK(sigaltstack(&(stack_t){.ss_sp = malloc(65536), .ss_size = 65536}, NULL) == 0);
    for (volatile int i = 0; i < 3; i++) {
        depth = 0;
        if (sigsetjmp(place, 1) == 0) CHECK(descend((uintptr_t)argument) == 0);
        CHECK(depth > 50 && depth < 1000);
    }
    return (void *)depth;
}

int main(void) {
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    pthread_attr_t attributes;
    pthread_t threads[3];
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    CHECK(pthread_attr_init(&attributes) == 0 && pthread_attr_setstacksize(&attributes, 512 * 1024) == 0);
    for (intptr_t i = 0; i < 3; i++) CHECK(pthread_create(&threads[i], &attributes, work, (void *)i) == 0);
    for (int i = 0; i < 3; i++) {
        void *result;
        CHECK(pthread_join(threads[i], &result) == 0);
        printf("thread %d: %lu calls deep\n", i, (uint64_t)result);
    }
    return guest_success();
}
