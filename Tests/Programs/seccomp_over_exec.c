// A filter over fork, exec and into threads of the new program.
// libs: -lpthread
#include "guest.h"

#include "filter.h"

#include <pthread.h>

static void *call(void *unused) {
    (void)unused;
    CHECK(syscall(SYS_getppid) == -1 && errno == EXDEV);
    return NULL;
}

int main(int count, char **arguments) {
    if (count > 1) {
        CHECK(prctl(PR_GET_SECCOMP) == 2 && prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1);
        pthread_t thread;
        CHECK(pthread_create(&thread, NULL, call, NULL) == 0);
        CHECK(pthread_join(thread, NULL) == 0);
        pid_t pid = fork();
        CHECK(pid >= 0);
        if (pid == 0) {
            call(NULL);
            _exit(5);
        }
        CHECK(guest_wait_exit(pid) == 5);
        printf("%s\n", arguments[1]);
        return guest_success();
    }
    filter_prepare();
    CHECK(FILTER_INSTALL(0, FILTER_FOR(SYS_getppid, SECCOMP_RET_ERRNO | EXDEV)) == 0);
    execl("/proc/self/exe", arguments[0], "again", NULL);
    return 1;
}
