// Two threads in a loop whose state, its counter too, is in xmm registers alone.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t value;
    __asm__ volatile("movq %1, %%xmm0; movq %2, %%xmm2; pcmpeqd %%xmm3, %%xmm3; movq %1, %%xmm1; xor %%eax, %%eax;"
                     "1: paddq %%xmm1, %%xmm0; pshufd $0x39, %%xmm0, %%xmm4; pxor %%xmm4, %%xmm0;"
                     "pmuludq %%xmm0, %%xmm4; paddq %%xmm4, %%xmm1;"
                     "paddq %%xmm3, %%xmm2; movmskpd %%xmm2, %%eax; test $1, %%eax; jz 1b;"
                     "movq %%xmm0, %0"
                     : "=r"(value)
                     : "r"(self->seed), "r"(25000000ul)
                     : "rax", "cc", "xmm0", "xmm1", "xmm2", "xmm3", "xmm4");
    return value;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
