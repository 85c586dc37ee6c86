// What every guest program shares: checks that name their line, and the few moves that most of them need.
//
// A guest program shows one behaviour of Linux, checks it, prints what it saw of the world outside (so that a wrong
// replay shows in its output) and ends in EXIT-SUCCESS. Comment lines at its top steer the harness:
//   // cflags: -static        more flags for the compiler
//   // libs: -lpthread        libraries, after the source
//   // args: one two          arguments
//   // stdin: text            one line on standard input (else it is empty)
//   // expect-exit: 7         another exit status than 0
//   // expect-signal: SIGSEGV the program dies of this signal
//   // without-thread: why    it cannot run beside an idle thread (Scripts/stress --axis thread); so for each axis
#ifndef GUEST_H
#define GUEST_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

// Ends the process with status 1 when `condition` is false. _exit, since a failing child must not flush its parent's
// buffers.
#define CHECK(condition)                                                                                               \
    do {                                                                                                               \
        if (!(condition)) guest_fail(__FILE__, __LINE__, #condition);                                                  \
    } while (0)

__attribute__((noreturn)) static inline void guest_fail(const char *file, int line, const char *condition) {
    int error = errno;
    dprintf(2, "%s:%d: %s is false; errno %d (%s)\n", file, line, condition, error, strerror(error));
    _exit(1);
}

// Lines are written as they are made, so that fork copies no half-filled buffer.
__attribute__((constructor)) static void guest_line_buffered(void) { setvbuf(stdout, NULL, _IOLBF, BUFSIZ); }

static inline int guest_success(void) {
    puts("EXIT-SUCCESS");
    return 0;
}

static inline void guest_sleep_ms(long milliseconds) {
    struct timespec pause = {milliseconds / 1000, milliseconds % 1000 * 1000000};
    while (nanosleep(&pause, &pause) == -1) CHECK(errno == EINTR);
}

// The exit status of `pid`, which must exit.
static inline int guest_wait_exit(pid_t pid) {
    int status;
    pid_t waited;
    while ((waited = waitpid(pid, &status, 0)) == -1) CHECK(errno == EINTR);
    CHECK(waited == pid);
    CHECK(WIFEXITED(status));
    return WEXITSTATUS(status);
}

// The signal that killed `pid`, which must have been killed.
static inline int guest_wait_signal(pid_t pid) {
    int status;
    CHECK(waitpid(pid, &status, 0) == pid);
    CHECK(WIFSIGNALED(status));
    return WTERMSIG(status);
}

// Handing over between processes or threads: one byte through a pipe.
static inline void guest_signal(int fd) { CHECK(write(fd, "!", 1) == 1); }

static inline void guest_await(int fd) {
    char byte;
    CHECK(read(fd, &byte, 1) == 1);
    CHECK(byte == '!');
}

// The state letter of a thread in /proc (R, S, Z, T, ...), or 0 if there is no such thread.
static inline char guest_state(pid_t pid, pid_t tid) {
    char path[64], text[512];
    snprintf(path, sizeof path, "/proc/%d/task/%d/stat", pid, tid);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd == -1) return 0;
    ssize_t length = read(fd, text, sizeof text - 1);
    close(fd);
    if (length <= 0) return 0;
    text[length] = 0;
    char *name_end = strrchr(text, ')');
    CHECK(name_end != NULL);
    return name_end[2];
}

// Sleeps until a thread is in `state`: the only way to know that it has blocked, or is dead and not yet reaped.
static inline void guest_await_state(pid_t pid, pid_t tid, char state) {
    for (int tries = 0; guest_state(pid, tid) != state; tries++) {
        CHECK(tries < 10000);
        guest_sleep_ms(1);
    }
}

static inline uint64_t guest_hash(const void *bytes, size_t count) {
    uint64_t hash = 0xcbf29ce484222325;
    for (size_t i = 0; i < count; i++) hash = (hash ^ ((const unsigned char *)bytes)[i]) * 0x100000001b3;
    return hash;
}

// A file in the working directory with this text, open for reading and writing.
static inline int guest_file(const char *name, const char *text) {
    int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    CHECK(fd >= 0);
    size_t length = strlen(text);
    CHECK(write(fd, text, length) == (ssize_t)length);
    return fd;
}

// Something that differs between runs, so that outputs made of it tell a replay from a second run.
static inline uint64_t guest_random(void) {
    uint64_t value;
    CHECK(syscall(SYS_getrandom, &value, sizeof value, 0) == sizeof value);
    return value;
}

#endif
