// Code without any table with data in it that would decode: behind int3, ud2 and hlt, whose handler reads it, behind a call
// that takes it for its argument, and behind a call that never returns. The bytes of CPUID, in data as well, have the
// recorder look at all of it.
#include "processor.h"

#include <setjmp.h>
#include <signal.h>
#include <ucontext.h>

static sigjmp_buf left;
static unsigned arguments;

/// What the three bytes behind the instruction are, of which the last two decode as a part of what follows.
static void handle(int number, siginfo_t *info, void *context) {
    (void)info;
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    const unsigned char *place = (const unsigned char *)registers[REG_RIP];
    if (number == SIGILL) place += 2;
    if (number == SIGSEGV) place += 1;
    arguments = arguments * 1000 + place[0] + place[1];
    registers[REG_RIP] = (greg_t)(place + 2);
}

static void leave(void) { siglongjmp(left, 1); }

static const unsigned char data_tail[] = {
    0x49, 0x8b, 0xc3,              // mov %r11, %rax, or with 28 before it sub %cl, -0x75(%rcx), and ret
    0x5e, 0x41, 0x5c, 0x5b, 0xc3,  // pop %rsi; pop %r12; pop %rbx; ret
    0x0f, 0xa2, 0xc3, 0x00,        // data
};
static const unsigned char head[] = {
    0x53, 0x41, 0x54, 0x56,        // push %rbx; push %r12; push %rsi
    0x41, 0xbb, 0x57, 4, 0, 0,     // mov $1111, %r11d
    0x41, 0xbc, 0xae, 8, 0, 0,     // mov $2222, %r12d
};

static unsigned char *place;

static int (*code(const unsigned char *middle, size_t count))(void) {
    unsigned char *start = place;
    memcpy(place, head, sizeof head);
    memcpy(place + sizeof head, middle, count);
    memcpy(place + sizeof head + count, data_tail, sizeof data_tail);
    place += sizeof head + count + sizeof data_tail;
    return (int (*)(void))(uintptr_t)start;
}

#define CODE(...) code((const unsigned char[]){__VA_ARGS__}, sizeof(const unsigned char[]){__VA_ARGS__})

int main(void) {
    struct sigaction action = {.sa_sigaction = handle, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(SIGTRAP, &action, NULL) == 0 && sigaction(SIGILL, &action, NULL) == 0);
    CHECK(sigaction(SIGSEGV, &action, NULL) == 0);
    place = mmap(NULL, 4096, PROT_READ | PROT_WRITE | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(place != MAP_FAILED);
    // mov $3333, %eax; test %eax, %eax; jne over the trap and its data
#define OVER(distance) 0xb8, 0x05, 0x0d, 0, 0, 0x85, 0xc0, 0x75, distance
    int (*functions[])(void) = {
        CODE(OVER(3), 0xcc, 0x99, 0x28),        // int3
        CODE(OVER(4), 0x0f, 0x0b, 0x99, 0x28),  // ud2
        CODE(OVER(3), 0xf4, 0x99, 0x28),        // hlt
        CODE(OVER(4), 0xcd, 0x29, 0x99, 0x28),  // int $0x29
        CODE(0xcc, 0x99, 0x28),                 // the same, executed
        CODE(0x0f, 0x0b, 0x99, 0x28),
        CODE(0xf4, 0x99, 0x28),
        // call over the data; pop %rax; movzbl (%rax), %eax; add %eax, %r11d
        CODE(0xe8, 2, 0, 0, 0, 0x99, 0x28, 0x58, 0x0f, 0xb6, 0x00, 0x41, 0x01, 0xc3),
        // call over the data, which the callee skips: incq (%rsp) twice; ret is not what follows it.
        CODE(0xe8, 7, 0, 0, 0, 0x99, 0x28, 0xeb, 9, 0x90, 0x90, 0x90, 0x48, 0x83, 0x04, 0x24, 2, 0xc3, 0x90, 0x90),
    };
    for (int round = 0; round < 3; round++)
        for (size_t i = 0; i < sizeof functions / sizeof functions[0]; i++) printf("%d ", functions[i]());
    printf("\n%u\n", arguments);
    // mov $leave, %rax; call *%rax, which does not return, and data: sub's first byte
    unsigned char call[] = {0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xd0, 0x99, 0x28};
    void (*target)(void) = leave;
    memcpy(call + 2, &target, sizeof target);
    int (*never)(void) = code(call, sizeof call);
    for (int round = 0; round < 3; round++)
        if (sigsetjmp(left, 1) == 0) CHECK(never() == 0);
    unsigned sum = 0;
    for (unsigned char *byte = (unsigned char *)(uintptr_t)functions[0]; byte < place; byte++) sum = sum * 31 + *byte;
    // What traps are set on is code for certain, and none is set in data.
    printf("%d %d\n", functions[0](), sum != 0);
    return guest_success();
}
