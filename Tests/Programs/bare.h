// What guest programs without any library share: nothing in them asks which CPU they run on, so that recordings of them
// replay on every CPU that has the instructions.
#ifndef BARE_H
#define BARE_H

#include <asm/unistd.h>
#include <linux/signal.h>
#include <linux/time.h>

static long bare_call6(long number, long a, long b, long c, long d, long e, long f) {
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

static long bare_call(long number, long a, long b, long c) { return bare_call6(number, a, b, c, 0, 0, 0); }

__attribute__((noreturn)) static void bare_exit(int status) {
    for (;;) bare_call(__NR_exit_group, status, 0, 0);
}

static void bare_write(const char *text) {
    long length = 0;
    while (text[length]) length++;
    if (bare_call(__NR_write, 1, (long)text, length) != length) bare_exit(1);
}

static void bare_write_number(const char *name, unsigned long value) {
    char text[18];
    for (int i = 0; i < 16; i++) text[i] = "0123456789abcdef"[value >> (60 - 4 * i) & 15];
    text[16] = '\n', text[17] = 0;
    bare_write(name), bare_write(" "), bare_write(text);
}

#define BARE_CHECK(condition)                                                                                          \
    do {                                                                                                               \
        if (!(condition)) bare_write(#condition " is false\n"), bare_exit(1);                                          \
    } while (0)

__attribute__((unused)) static unsigned long bare_random(void) {
    unsigned long value = 0;
    BARE_CHECK(bare_call(__NR_getrandom, (long)&value, sizeof value, 0) == sizeof value);
    return value;
}

__asm__("bare_return: mov $15, %eax; syscall");
extern void bare_return(void);

typedef void bare_handler(int number, siginfo_t *info, void *context);

static void bare_handle(int number, bare_handler *handler) {
    struct {
        bare_handler *handler;
        unsigned long flags;
        void (*restorer)(void);
        unsigned long mask;
    } action = {handler, SA_SIGINFO | SA_RESTORER, bare_return, 0};
    BARE_CHECK(bare_call6(__NR_rt_sigaction, number, (long)&action, 0, 8, 0, 0) == 0);
}

// A signal from outside comes after so many microseconds of real time, and again.
__attribute__((unused)) static void bare_alarm(long microseconds) {
    struct {
        long interval_seconds, interval_microseconds, seconds, microseconds;
    } timer = {0, microseconds, 0, microseconds};
    BARE_CHECK(bare_call(__NR_setitimer, 0, (long)&timer, 0) == 0);
}

static int bare_main(void);

__attribute__((force_align_arg_pointer, used)) void _start(void) { bare_exit(bare_main()); }

#endif
