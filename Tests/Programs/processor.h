// What the programs that ask which processor they run on share. They compare what the instructions say with each other,
// so that they hold on every machine and at every level that a recording may be pinned to.
#ifndef PROCESSOR_H
#define PROCESSOR_H

#include "guest.h"

#include <setjmp.h>
#include <ucontext.h>

struct cpuid {
    uint32_t eax, ebx, ecx, edx;
};

__attribute__((unused)) static struct cpuid cpuid(uint32_t leaf, uint32_t subleaf) {
    struct cpuid words;
    __asm__ volatile("cpuid"
                     : "=a"(words.eax), "=b"(words.ebx), "=c"(words.ecx), "=d"(words.edx)
                     : "a"(leaf), "c"(subleaf));
    return words;
}

// CPUID.1:ECX.OSXSAVE: there is XGETBV, and XSAVE.
__attribute__((unused)) static bool has_xsave(void) { return cpuid(1, 0).ecx >> 27 & 1; }

// CPUID.(0DH,1):EAX: XSAVEOPT, XSAVEC, XGETBV(1).
__attribute__((unused)) static uint32_t xsave_extensions(void) { return has_xsave() ? cpuid(13, 1).eax : 0; }

// The bytes of an XSAVE area in the standard format, for what is enabled.
__attribute__((unused)) static uint32_t area_size(void) { return cpuid(13, 0).ebx; }

__attribute__((unused)) static uint64_t xgetbv(uint32_t number) {
    uint32_t low, high;
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(number));
    return (uint64_t)high << 32 | low;
}

// XCR0 as CPUID has it: what is enabled is what the size of the standard format counts. 0 without XSAVE.
__attribute__((unused)) static bool mask_fits_cpuid(uint64_t mask) {
    if (!has_xsave()) return mask == 0;
    struct cpuid main = cpuid(13, 0);
    uint64_t supported = (uint64_t)main.edx << 32 | main.eax;
    uint32_t size = 576;
    for (uint32_t i = 2; i < 63; i++) {
        if (!(mask >> i & 1)) continue;
        struct cpuid part = cpuid(13, i);
        if (part.ebx + part.eax > size) size = part.ebx + part.eax;
    }
    return (mask & 3) == 3 && (mask & ~supported) == 0 && main.ebx == size && main.ecx >= size;
}

// XGETBV(0) by hand-made code: xor %ecx, %ecx; xgetbv; shl $32, %rdx; or %rdx, %rax; ret
static const unsigned char mask_code[] = {0x31, 0xc9, 0x0f, 0x01, 0xd0, 0x48, 0xc1,
                                          0xe2, 0x20, 0x48, 0x09, 0xd0, 0xc3};

typedef uint64_t mask_function(void);

// XSAVE of all that is enabled: mov $-1, %eax; mov $-1, %edx; xsave64 (%rdi); ret
static const unsigned char save_code[] = {0xb8, 0xff, 0xff, 0xff, 0xff, 0xba, 0xff, 0xff,
                                          0xff, 0xff, 0x48, 0x0f, 0xae, 0x27, 0xc3};

typedef void save_function(void *area);

static __thread sigjmp_buf before_signal;
static __thread void *volatile signal_address, *volatile signal_place;
static __thread volatile int signal_code;

__attribute__((unused)) static void leave_by_signal(int signal, siginfo_t *info, void *context) {
    signal_address = info->si_addr, signal_code = info->si_code;
    signal_place = (void *)((ucontext_t *)context)->uc_mcontext.gregs[REG_RIP];
    siglongjmp(before_signal, signal);
}

__attribute__((unused)) static void handle_by_leaving(int signal) {
    struct sigaction action = {.sa_sigaction = leave_by_signal, .sa_flags = SA_SIGINFO};
    CHECK(sigaction(signal, &action, NULL) == 0);
}

// What a function that executes XGETBV(0) gives; where there is no XGETBV, 0 after SIGILL.
__attribute__((unused)) static uint64_t mask_by(void *function) {
    if (has_xsave()) return ((mask_function *)(uintptr_t)function)();
    handle_by_leaving(SIGILL);
    int signal = sigsetjmp(before_signal, 1);
    if (signal == 0) {
        ((mask_function *)(uintptr_t)function)();
        CHECK(!"XGETBV exists although CPUID denies it");
    }
    CHECK(signal == SIGILL && signal_address == signal_place);
    return 0;
}

static uint64_t own_mask(void) { return xgetbv(0); }

// XCR0, or 0 where there is no XGETBV; checked against CPUID.
__attribute__((unused)) static uint64_t enabled_mask(void) {
    uint64_t mask = mask_by((void *)(uintptr_t)own_mask);
    CHECK(mask_fits_cpuid(mask));
    return mask;
}

// All that CPUID says, as one number, without what each core has of its own (APIC ids) and what changes with time.
__attribute__((unused)) static uint64_t hash_of_leaves(void) {
    uint64_t hash = 0;
    static const uint32_t bases[] = {0, 0x80000000};
    for (int i = 0; i < 2; i++) {
        uint32_t last = cpuid(bases[i], 0).eax;
        for (uint32_t leaf = bases[i]; leaf <= last && leaf < bases[i] + 0x40; leaf++) {
            if (leaf == 0xb || leaf == 0x1f || leaf == 0x8000001e || leaf == 0x80000026) continue;
            for (uint32_t subleaf = 0; subleaf < 4; subleaf++) {
                struct cpuid words = cpuid(leaf, subleaf);
                if (leaf == 1) words.ebx &= 0x00ffffff;
                hash = hash * 31 + guest_hash(&words, sizeof words);
            }
        }
    }
    return hash;
}

__attribute__((unused)) static unsigned char *map_pages(size_t count, int protection) {
    unsigned char *pages = mmap(NULL, count * 4096, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(pages != MAP_FAILED);
    return pages;
}

// An area of 16 KiB for XSAVE, filled with a byte that no component's initial state has.
__attribute__((unused)) static unsigned char *new_area(void) {
    enum { bytes = 16384 };
    unsigned char *area = aligned_alloc(4096, bytes);
    CHECK(area != NULL);
    memset(area, 0xa5, bytes);
    memset(area + 512, 0, 64);
    return area;
}

#endif
