// Code on a stack that is executable: pointers to nested functions, as GCC makes them, and code by hand.
// cflags: -z execstack
#include "guest.h"

static int apply(int (*function)(int), int argument) { return function(argument); }

__attribute__((noinline)) static int sum_up(int start, int count) {
    int sum = start;
    int add(int value) { return sum += value; }
    for (int i = 0; i < count; i++) apply(add, i);
    return sum;
}

int main(void) {
    for (int i = 0; i < 20; i++) CHECK(sum_up(i, 10) == i + 45);
    volatile unsigned char code[16] = {0xb8, 7, 0, 0, 0, 0xc3};
    for (unsigned char i = 0; i < 20; i++) {
        code[1] = i;
        CHECK(((int (*)(void))(uintptr_t)code)() == i);
    }
    puts("nested");
    return guest_success();
}
