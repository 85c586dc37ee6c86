// libs: -lpthread
// SECCOMP_FILTER_FLAG_TSYNC: other threads get the filter, with no_new_privs; one that has another cannot.
#include "guest.h"

#include "filter.h"

#include <pthread.h>

static int go[2], done[2];
static pid_t other;
static volatile int results[4];

static int parent(void) { return syscall(SYS_getppid) == -1 ? errno : 0; }

static void *run(void *unused) {
    (void)unused;
    other = gettid();
    results[0] = parent();
    results[1] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0);
    guest_signal(done[1]);
    guest_await(go[0]);
    results[2] = parent();
    results[3] = prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) * 10 + prctl(PR_GET_SECCOMP);
    // Its own one.
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getpgrp, SECCOMP_RET_ERRNO | EDOM)) == 0);
    guest_signal(done[1]);
    guest_await(go[0]);
    results[0] = parent();
    return NULL;
}

int main(void) {
    CHECK(pipe(go) == 0 && pipe(done) == 0);
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, run, NULL) == 0);
    guest_await(done[0]);
    CHECK(results[0] == 0 && results[1] == 0);
    filter_prepare();
    // Only for this thread, which can still be synchronised with the other.
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getpgid, SECCOMP_RET_ERRNO | ERANGE)) == 0);
    CHECK(FILTER_INSTALL(SECCOMP_FILTER_FLAG_TSYNC, FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV)) == 0);
    CHECK(parent() == EXDEV);
    guest_signal(go[1]);
    guest_await(done[0]);
    CHECK(results[2] == EXDEV && results[3] == 12);
    // Now it has a filter of its own.
    CHECK(FILTER_INSTALL(SECCOMP_FILTER_FLAG_TSYNC, FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)) == other);
    CHECK(FILTER_INSTALL(SECCOMP_FILTER_FLAG_TSYNC | SECCOMP_FILTER_FLAG_TSYNC_ESRCH,
                         FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EDOM)) == -1 &&
          errno == ESRCH);
    CHECK(parent() == EXDEV);
    guest_signal(go[1]);
    CHECK(pthread_join(thread, NULL) == 0);
    CHECK(results[0] == EXDEV);
    printf("thread %d\n", other);
    return guest_success();
}
