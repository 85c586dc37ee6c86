// Two threads interpret a program: a loop around a large switch, which compilers make a jump table of.
// libs: -lpthread
#include "compete.h"

enum { add, subtract, multiply, rotate, load, store, exchange, shift, both, either, negate, skip, again };

static uint64_t work(struct rival *self) {
    unsigned char program[512];
    uint64_t state = self->seed, memory[256] = {0}, a = 1, b = self->seed;
    for (int i = 0; i < 511; i++) program[i] = (unsigned char)(next_number(&state) % again);
    program[510] = program[511] = again;
    for (int at = 0, turns = 0; turns < 30000;) {
        switch (program[at++]) {
        case add: a += b; break;
        case subtract: b -= a; break;
        case multiply: a *= b | 1; break;
        case rotate: b = b << 13 | b >> 51; break;
        case load: a ^= memory[b % 256]; break;
        case store: memory[a % 256] += b; break;
        case exchange: state = a, a = b, b = state; break;
        case shift: a ^= a >> 29; break;
        case both: b += a & 0x5555; break;
        case either: b ^= a | 0xaaaa; break;
        case negate: a = ~a; break;
        case skip: at += a % 2; break;
        case again: at = 0, turns++, self->progress++; break;
        }
    }
    return a ^ b ^ hash_words(memory, sizeof memory);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
