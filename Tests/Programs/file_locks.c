// fcntl and flock locks block another process until they are released.
#include "guest.h"

#include <sys/file.h>

int main(void) {
    int fd = guest_file("file", "0123456789"), ready[2];
    CHECK(pipe(ready) == 0);
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 2, .l_len = 3};
    CHECK(fcntl(fd, F_SETLK, &lock) == 0);
    CHECK(flock(fd, LOCK_EX) == 0);
    pid_t parent = getpid(), child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int own = open("file", O_RDWR);
        struct flock probe = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 10};
        CHECK(fcntl(own, F_GETLK, &probe) == 0);
        CHECK(probe.l_type == F_WRLCK && probe.l_pid == parent && probe.l_start == 2 && probe.l_len == 3);
        CHECK(flock(own, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK);
        guest_signal(ready[1]);
        struct flock want = {.l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 4, .l_len = 1};
        CHECK(fcntl(own, F_SETLKW, &want) == 0);
        printf("child %d has the range after %d\n", getpid(), probe.l_pid);
        CHECK(flock(own, LOCK_EX) == 0);
        printf("child %d has the file\n", getpid());
        _exit(0);
    }
    guest_await(ready[0]);
    guest_await_state(child, child, 'S');
    lock.l_type = F_UNLCK;
    CHECK(fcntl(fd, F_SETLK, &lock) == 0);
    guest_sleep_ms(2);
    CHECK(flock(fd, LOCK_UN) == 0);
    CHECK(guest_wait_exit(child) == 0);
    return guest_success();
}
