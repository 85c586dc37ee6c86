// A planted race: a deposit is lost if its thread is stopped between load and store while the other thread deposits.
//
// The first thread is done long before the second, which has 20 ms to compute first, comes to its only deposit; so the
// race shows only if a scheduler stops the first one in its window and keeps it from running that long.
// libs: -lpthread
#include "../Programs/compete.h"

static volatile uint64_t balance, work_done[2];

static void compute(intptr_t own, int turns) {
    for (int i = 0; i < turns; i++) work_done[own] = work_done[own] * 6364136223846793005 + 1;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    compute(own, own == 0 ? 20000 : 10000000);
    for (int i = 0; i < (own == 0 ? 5 : 1); i++) {
        uint64_t before = balance;
        compute(own, own == 0 ? 20000 : 10);  // A fee is computed.
        balance = before + 1;
    }
    return NULL;
}

int main(void) {
    run_threads(2, work);
    if (balance != 6) {
        printf("RACE: the balance is %lu, not 6\n", balance);
        return 1;
    }
    return guest_success();
}
