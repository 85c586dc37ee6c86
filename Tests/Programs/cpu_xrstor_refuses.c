// XRSTOR of an area with a bad header or MXCSR is SIGSEGV, and leaves the registers alone.
#include "processor.h"

static unsigned char *area;

static bool faults(uint64_t parts) {
    uint64_t before = 0x1234567890abcdef, after = 0;
    int number = sigsetjmp(before_signal, 1);
    if (number) {
        CHECK(number == SIGSEGV && signal_code == SI_KERNEL && signal_address == NULL);
        return true;
    }
    __asm__ volatile("movq %1, %%xmm9; xrstor64 (%2); movq %%xmm9, %0"
                     : "=r"(after) : "r"(before), "r"(area), "a"((uint32_t)parts), "d"(0) : "xmm9", "memory");
    CHECK(after == (parts & 2 ? 0 : before));
    return false;
}

static void put(int offset, uint64_t value) { memcpy(area + offset, &value, 8); }

int main(void) {
    uint64_t mask = enabled_mask();
    if (!has_xsave()) return guest_success();
    handle_by_leaving(SIGSEGV);
    area = map_pages(4, PROT_READ | PROT_WRITE);
    put(24, 0x1f80);
    CHECK(!faults(2) && !faults(7) && !faults(1) && !faults(0));
    // XSTATE_BV with what is not enabled, whether it is asked for or not
    for (int bit = 2; bit < 64; bit++) {
        put(512, 1ull << bit);
        if (!(mask >> bit & 1)) CHECK(faults(7) && faults(1));
    }
    put(512, 0);
    // XCOMP_BV in an area that is not compacted, and the bytes behind it
    put(520, 3);
    CHECK(faults(7));
    put(520, 0), put(528, 1);
    CHECK(faults(7) && faults(1));
    put(528, 0);
    // Bits that no MXCSR has, where it is loaded
    put(24, 0x80001f80);
    CHECK(faults(2) && faults(7) && !faults(1));
    put(24, 0x1f80);
    CHECK(!faults(7));
    puts("refused");
    return guest_success();
}
