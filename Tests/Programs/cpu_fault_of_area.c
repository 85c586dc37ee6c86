// XSAVE and XRSTOR of memory that is not there, not writable or not aligned fault as all instructions do: at their own
// address, with all registers as they were, and again with success when the memory is there.
#include "processor.h"

static volatile uint64_t registers[23];
static unsigned char *area;
uint64_t stack_pointer;

static void provide(int number, siginfo_t *info, void *context) {
    gregset_t *all = &((ucontext_t *)context)->uc_mcontext.gregs;
    for (int i = 0; i < 23; i++) registers[i] = (uint64_t)(*all)[i];
    const unsigned char *code = (const unsigned char *)(*all)[REG_RIP];
    signal_address = info->si_addr, signal_code = info->si_code, signal_place = (void *)(uintptr_t)code;
    CHECK(number == SIGSEGV);
    if (info->si_code == SI_KERNEL) (*all)[REG_RDI] &= ~63ull;
    else CHECK(mprotect(area, 16384, PROT_READ | PROT_WRITE) == 0);
}

#define RUN(instruction, pointer)                                                                                      \
    __asm__ volatile("mov %%rsp, stack_pointer(%%rip); .global place_of_" #instruction ";"                             \
                     "place_of_" #instruction ": " #instruction " (%%rdi)"                                             \
                     ::"D"(pointer), "a"(7), "d"(0), "S"(0x5151) : "memory")

extern const char place_of_xsave64[], place_of_xrstor64[];

__attribute__((noinline)) static void save(void *pointer) { RUN(xsave64, pointer); }
__attribute__((noinline)) static void restore(void *pointer) { RUN(xrstor64, pointer); }

static void check(const void *place, const void *pointer) {
    CHECK(signal_place == place);
    CHECK(registers[REG_RAX] == 7 && registers[REG_RDX] == 0 && registers[REG_RSI] == 0x5151);
    CHECK(registers[REG_RDI] == (uint64_t)(uintptr_t)pointer);
    CHECK(registers[REG_RSP] == stack_pointer);
}

int main(void) {
    enabled_mask();
    if (!has_xsave()) return guest_success();
    CHECK(sigaction(SIGSEGV, &(struct sigaction){.sa_sigaction = provide, .sa_flags = SA_SIGINFO}, NULL) == 0);
    area = map_pages(4, PROT_READ | PROT_WRITE);
    for (int round = 0; round < 3; round++) {
        // Not aligned to 64 bytes.
        save(area + 8);
        check(place_of_xsave64, area + 8);
        CHECK(signal_code == SI_KERNEL && signal_address == NULL);
        CHECK(mprotect(area, 16384, PROT_NONE) == 0);
        save(area + 4096);
        check(place_of_xsave64, area + 4096);
        CHECK(signal_code == SEGV_ACCERR && (unsigned char *)signal_address - area - 4096 < 1024);
        CHECK(mprotect(area, 16384, PROT_READ) == 0);
        save(area);
        check(place_of_xsave64, area);
        CHECK(signal_code == SEGV_ACCERR && (unsigned char *)signal_address - area < 1024);
        CHECK(mprotect(area, 16384, PROT_NONE) == 0);
        restore(area);
        check(place_of_xrstor64, area);
        CHECK(signal_code == SEGV_ACCERR && (unsigned char *)signal_address - area < 1024);
        restore(area + 24);
        check(place_of_xrstor64, area + 24);
        CHECK(signal_code == SI_KERNEL);
    }
    puts("all five");
    return guest_success();
}
