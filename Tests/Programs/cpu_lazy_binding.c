// The first call of a function through the PLT with floating-point arguments, in XMM and where there are any in YMM
// registers: the dynamic linker looks the function up while they are live, and saves them with XSAVE or FXSAVE.
// cflags: -fPIE -pie -fplt -fno-builtin -Wl,-z,lazy
// libs: -lmvec -lm
#include "guest.h"

#include <immintrin.h>
#include <math.h>

// Of libmvec, by the vector ABI's names: two sines in an XMM register, four in a YMM register, each function looked up
// at its own first call.
__m128d _ZGVbN2v_sin(__m128d x);
__m128d _ZGVbN2vv_pow(__m128d x, __m128d y);
__attribute__((target("avx2"))) __m256d _ZGVdN4v_sin(__m256d x);
__attribute__((target("avx2"))) __m256d _ZGVdN4vv_pow(__m256d x, __m256d y);
__attribute__((target("avx2"))) __m256 _ZGVdN8v_cosf(__m256 x);

static bool near(double value, double expected, double part) {
    return fabs(value - expected) <= part * fmax(1, fabs(expected));
}

__attribute__((noinline)) static void in_xmm(void) {
    double sines[2], powers[2];
    _mm_storeu_pd(sines, _ZGVbN2v_sin(_mm_set_pd(1.5, 0.25)));
    _mm_storeu_pd(powers, _ZGVbN2vv_pow(_mm_set_pd(1.5, 0.25), _mm_set_pd(3, 7)));
    CHECK(near(sines[0], sin(0.25), 1e-14) && near(sines[1], sin(1.5), 1e-14));
    CHECK(near(powers[0], pow(0.25, 7), 1e-14) && near(powers[1], pow(1.5, 3), 1e-14));
    printf("%a %a %a %a\n", sines[0], sines[1], powers[0], powers[1]);
}

__attribute__((noinline, target("avx2"))) static void in_ymm(void) {
    double sines[4], powers[4];
    float cosines[8];
    _mm256_storeu_pd(sines, _ZGVdN4v_sin(_mm256_set_pd(2, 1.5, 0.75, 0.25)));
    _mm256_storeu_pd(powers, _ZGVdN4vv_pow(_mm256_set_pd(2, 1.5, 0.75, 0.25), _mm256_set_pd(11, 3, -2, 7)));
    _mm256_storeu_ps(cosines, _ZGVdN8v_cosf(_mm256_set_ps(8, 7, 6, 5, 4, 3, 2, 1)));
    static const double x[] = {0.25, 0.75, 1.5, 2}, y[] = {7, -2, 3, 11};
    for (int i = 0; i < 4; i++) {
        CHECK(near(sines[i], sin(x[i]), 1e-14) && near(powers[i], pow(x[i], y[i]), 1e-14));
        printf("%a %a\n", sines[i], powers[i]);
    }
    for (int i = 0; i < 8; i++) {
        CHECK(near(cosines[i], cosf((float)(i + 1)), 1e-6));
        printf("%a\n", (double)cosines[i]);
    }
}

int main(void) {
    in_xmm();
    if (__builtin_cpu_supports("avx2")) in_ymm();
    printf("%a %a %a\n", fma(1.1, 2.2, 3.3), (double)expf(1.25f), hypot(3.5, 4.5));
    return guest_success();
}
