// The time stamp counter of the recorder and the replayer themselves.
//
// Tracees run with PR_TSC_SIGSEGV, which is a bit of CR4: the kernel changes it at every switch between a thread that
// has it and one that has not (arch/x86/kernel/process.c, __switch_to_xtra), and under a hypervisor that intercepts
// writes to CR4, as AMD's have to, each change costs 4 us. A tracer that gives up the counter as well costs a
// ptrace-stop half of what it costs otherwise.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <ucontext.h>
#include <x86intrin.h>

static _Thread_local bool given_up;

// Without `auxiliary` by RDTSC, since RDTSCP is younger than x86-64.
static uint64_t read_counter(uint32_t *auxiliary) {
    if (given_up)
        prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);
    uint64_t value;
    if (auxiliary) {
        value = __rdtscp(auxiliary);
    } else {
        // RDTSCP waits for the instructions before it by itself.
        _mm_lfence();
        value = __rdtsc();
    }
    if (given_up)
        prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
    return value;
}

// What SIGSEGV did before: it may be for the program, which sends signals to the recorder's process group (signals.c).
static struct sigaction previous_action;

// Executes RDTSC and RDTSCP for code that cannot know that the counter was given up: the vDSO's clocks, libraries.
static void emulate(int number, siginfo_t *info, void *context) {
    static const uint8_t rdtsc[] = {0x0f, 0x31}, rdtscp[] = {0x0f, 0x01, 0xf9};
    greg_t *registers = ((ucontext_t *)context)->uc_mcontext.gregs;
    // The processor's general protection fault; at any other fault there may be no code to look at.
    const void *code = (const void *)registers[REG_RIP];
    size_t length = 0;
    if (given_up && info->si_code == SI_KERNEL) {
        if (memcmp(code, rdtsc, sizeof rdtsc) == 0)
            length = sizeof rdtsc;
        else if (memcmp(code, rdtscp, sizeof rdtscp) == 0)
            length = sizeof rdtscp;
    }
    if (length == 0) {
        if (previous_action.sa_flags & SA_SIGINFO)
            previous_action.sa_sigaction(number, info, context);
        else
            // Our own error: the instruction faults again, and ends the process as it would have.
            sigaction(number, &previous_action, NULL);
        return;
    }
    int saved = errno;
    uint32_t auxiliary;
    uint64_t value = read_counter(length == sizeof rdtscp ? &auxiliary : NULL);
    registers[REG_RAX] = (greg_t)(uint32_t)value;
    registers[REG_RDX] = (greg_t)(value >> 32);
    if (length == sizeof rdtscp)
        registers[REG_RCX] = auxiliary;
    registers[REG_RIP] += (greg_t)length;
    errno = saved;
}

int32_t cptrace_give_up_tsc(void) {
    struct sigaction action = {.sa_sigaction = emulate, .sa_flags = SA_SIGINFO | SA_ONSTACK}, before;
    if (sigaction(SIGSEGV, &action, &before) == -1)
        return -errno;
    if (!(before.sa_flags & SA_SIGINFO) || before.sa_sigaction != emulate)
        previous_action = before;
    if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == -1)
        return -errno;
    given_up = true;
    return 0;
}

void cptrace_take_back_tsc(void) {
    if (given_up)
        prctl(PR_SET_TSC, PR_TSC_ENABLE, 0, 0, 0);
    given_up = false;
}

uint64_t cptrace_read_tsc(void) { return read_counter(NULL); }

uint64_t cptrace_read_tscp(uint32_t *auxiliary) { return read_counter(auxiliary); }
