// XGETBV of a register that does not exist is SIGSEGV, where XGETBV exists; without it, SIGILL.
#include "processor.h"

int main(void) {
    enabled_mask();
    handle_by_leaving(SIGSEGV), handle_by_leaving(SIGILL);
    uint32_t numbers[] = {2, 3, 0x100, 0xffffffff};
    for (int i = 0; i < 4; i++) {
        int number = sigsetjmp(before_signal, 1);
        if (number == 0) {
            xgetbv(numbers[i]);
            CHECK(!"no signal");
        }
        if (has_xsave()) CHECK(number == SIGSEGV && signal_code == SI_KERNEL && signal_address == NULL);
        else CHECK(number == SIGILL && signal_address == signal_place);
    }
    puts("refused");
    return guest_success();
}
