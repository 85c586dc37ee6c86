// Two threads call functions of which one jumps behind the first instruction of the other, as glibc's mempcpy does with
// memmove: whatever a debugger puts there for a while, it must be prepared for visitors.
// libs: -lpthread
#include "compete.h"

uint64_t whole(uint64_t x);
uint64_t tail(uint64_t x);
__asm__(".text\n"
        ".type whole, @function\n"
        "whole: .cfi_startproc\n mov %rdi, %rax\n"
        "1: shr $7, %rax\n xor %rdi, %rax\n lea (%rax,%rax,4), %rax\n ret\n .cfi_endproc\n .size whole, .-whole\n"
        ".type tail, @function\n"
        "tail: .cfi_startproc\n mov %rdi, %rax\n not %rax\n jmp 1b\n .cfi_endproc\n .size tail, .-tail\n");

// Short instructions only around the calls: there is no better place to wait for a thread.
static uint64_t (*volatile functions[16])(uint64_t);

static uint64_t work(struct rival *self) {
    uint64_t value = self->seed;
    for (unsigned i = 0; i < 6000000; i++) {
        value = functions[i % 16](value);
        self->progress = value;
    }
    return value;
}

int main(void) {
    for (int i = 0; i < 16; i++) functions[i] = i == 7 ? tail : whole;
    compete(2, work);
    return guest_success();
}
