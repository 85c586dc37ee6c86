// Two threads compute with 256 bit vectors of integers, where there is AVX2.
// libs: -lpthread
#include "compete.h"

#include <immintrin.h>

enum { vectors = 256, rounds = 80000 };

__attribute__((target("avx2"))) static void mix_vectors(__m256i *v) {
    __m256i sum = _mm256_set1_epi32(0x1234567);
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < vectors; i++) {
            sum = _mm256_add_epi32(_mm256_xor_si256(sum, v[i]), _mm256_slli_epi32(sum, 5));
            v[i] = _mm256_shuffle_epi8(_mm256_sub_epi64(v[i], sum), _mm256_set1_epi64x(0x0706050403020100));
        }
}

static void mix_words(uint64_t *words) {
    uint64_t sum = 0x1234567;
    for (int round = 0; round < rounds; round++)
        for (int i = 0; i < vectors * 4; i++) {
            sum = (sum ^ words[i]) + (sum << 5);
            words[i] -= sum;
        }
}

static uint64_t work(struct rival *self) {
    size_t size = vectors * sizeof(__m256i);
    uint64_t *words = aligned_alloc(64, size), state = self->seed;
    for (size_t i = 0; i < size / 8; i++) words[i] = next_number(&state);
    self->size = size, self->memory = words;
    if (__builtin_cpu_supports("avx2")) mix_vectors((__m256i *)words);
    else mix_words(words);
    return hash_words(words, size);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
