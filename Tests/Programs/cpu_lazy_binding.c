// Functions of a library that are bound at their first call get their floating-point arguments and give their results
// in all vector registers, 256 bits where the CPU has them.
// cflags: -shared -fPIC -Wl,-z,lazy -Wl,-e,entry
#include "processor.h"

const char interpreter[] __attribute__((section(".interp"), used)) = "/lib64/ld-linux-x86-64.so.2";

typedef double four __attribute__((vector_size(32)));

// Not static, so that they are called through the linkage table.
__attribute__((target("avx"), noinline)) four sum_of_eight(four a, four b, four c, four d, four e, four f, four g,
                                                           four h) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8;
}

__attribute__((noinline)) double sum_of_doubles(double a, double b, double c, double d, double e, double f, double g,
                                                double h) {
    return a + b * 2 + c * 3 + d * 4 + e * 5 + f * 6 + g * 7 + h * 8;
}

__attribute__((noinline)) long double square(long double value) { return value * value; }

__attribute__((noinline)) uint64_t six(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e, uint64_t f) {
    return a + 2 * b + 3 * c + 4 * d + 5 * e + 6 * f;
}

__attribute__((target("avx"))) static void with_avx(double x) {
    four v = {x, x + 1, x + 2, x + 3};
    four sum = sum_of_eight(v, v + 1, v + 2, v + 3, v + 4, v + 5, v + 6, v + 7);
    for (int i = 0; i < 4; i++) CHECK(sum[i] == 36 * (x + i) + 168);
}

__attribute__((force_align_arg_pointer, used)) void entry(void) {
    double x = (double)(guest_random() & 1023);
    if (enabled_mask() & 4) with_avx(x);
    CHECK(sum_of_doubles(x, x + 1, x + 2, x + 3, x + 4, x + 5, x + 6, x + 7) == 36 * x + 168);
    CHECK(square(1.5L) == 2.25L && six(1, 2, 3, 4, 5, 6) == 91);
    printf("%f\n", x);
    exit(guest_success());
}
