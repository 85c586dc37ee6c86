// preempt MODE ROUNDS: two threads do the same kind of work on data of their own, without a system call in between.
//
// Prints one line, which depends on the arguments alone: digests of what the threads computed and of all the memory
// they worked on. A round takes about a millisecond. Exit status 77 if the processor lacks what MODE needs.
#include "../Tests/Programs/compete.h"

#include <immintrin.h>
#include <zlib.h>

enum { memory_size = 1 << 20 };

struct side {
    unsigned char *memory;  // All that the work writes but its stack and what holds addresses, which differ by run.
    uint64_t state;         // Of its random numbers.
    uint64_t result;
    z_stream deflater, inflater;
    size_t zlib_used;
};

// A loop that counts in memory.
static uint64_t counter(struct side *self) {
    volatile uint64_t *count = (volatile uint64_t *)self->memory;
    for (int i = 0; i < 3000000; i++) (*count)++;
    return *count;
}

// A loop that nothing but registers changes in.
static uint64_t registers(struct side *self) {
    uint64_t value = next_number(&self->state), turns = 800000;
    __asm__ volatile("1: imul %2, %0; rol $7, %0; dec %1; jnz 1b"
                     : "+r"(value), "+r"(turns)
                     : "r"(0x5851f42d4c957f2d)
                     : "cc");
    return value;
}

static void sort(uint32_t *low, uint32_t *high) {
    while (high - low > 1) {
        uint32_t pivot = low[(high - low) / 2], *left = low, *right = high - 1;
        while (left <= right) {
            while (*left < pivot) left++;
            while (*right > pivot) right--;
            if (left > right) break;
            uint32_t word = *left;
            *left++ = *right, *right-- = word;
        }
        sort(low, right + 1);
        low = left;
    }
}

// Random numbers, sorted by recursion.
static uint64_t quicksort(struct side *self) {
    enum { count = 20000 };
    uint32_t *numbers = (uint32_t *)self->memory;
    for (int i = 0; i < count; i++) numbers[i] = (uint32_t)next_number(&self->state);
    sort(numbers, numbers + count);
    for (int i = 1; i < count; i++) CHECK(numbers[i - 1] <= numbers[i]);
    return hash_words(numbers, count * sizeof *numbers);
}

// Text that is compressed and expanded again; zlib's tables lie in the same memory.
enum { text_length = 16 << 10, packed_limit = 24 << 10, zlib_begin = 2 * text_length + packed_limit };

static uint64_t zlib(struct side *self) {
    unsigned char *text = self->memory, *again = text + text_length, *packed = again + text_length;
    z_stream *in = &self->deflater, *out = &self->inflater;
    for (int i = 0; i < text_length; i++) text[i] = "  etaoin shrdlu\n"[next_number(&self->state) >> 60 & (i >> 8)];
    CHECK(deflateReset(in) == Z_OK && inflateReset(out) == Z_OK);
    in->next_in = text, in->avail_in = text_length, in->next_out = packed, in->avail_out = packed_limit;
    CHECK(deflate(in, Z_FINISH) == Z_STREAM_END);
    out->next_in = packed, out->avail_in = (uInt)in->total_out, out->next_out = again, out->avail_out = text_length;
    CHECK(inflate(out, Z_FINISH) == Z_STREAM_END && out->total_out == text_length);
    CHECK(memcmp(text, again, text_length) == 0);
    return in->total_out << 32 | in->adler;
}

// Of the objects of zlib the arrays are those without addresses in them.
static void *zlib_allocate(void *side, uInt count, uInt size) {
    struct side *self = side;
    if (count == 1) return calloc(1, size);
    unsigned char *object = self->memory + zlib_begin + self->zlib_used;
    self->zlib_used += ((size_t)count * size + 63) & ~63ul;
    CHECK(zlib_begin + self->zlib_used <= memory_size);
    return object;
}

static void zlib_free(void *side, void *object) { (void)side, (void)object; }

static void prepare_zlib(struct side *self) {
    self->deflater.zalloc = self->inflater.zalloc = zlib_allocate;
    self->deflater.zfree = self->inflater.zfree = zlib_free;
    self->deflater.opaque = self->inflater.opaque = self;
    CHECK(deflateInit(&self->deflater, 6) == Z_OK && inflateInit(&self->inflater) == Z_OK);
}

// Products of matrices of doubles, added up.
static uint64_t matrix(struct side *self) {
    enum { n = 108 };
    double *numbers = (double *)self->memory, (*m)[n][n] = (double (*)[n][n])numbers;
    for (int i = 0; i < 2 * n * n; i++) numbers[i] = (double)(next_number(&self->state) >> 40) / (1 << 23) - 1;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++)
            for (int j = 0; j < n; j++) m[2][i][k] += m[0][i][j] * m[1][j][k];
    return hash_words(m[2], sizeof *m);
}

// Vectors of integers of 256 bits.
__attribute__((target("avx2"))) static uint64_t avx2(struct side *self) {
    enum { count = 256 };
    __m256i *v = (__m256i *)self->memory, sum = _mm256_set1_epi64x((long long)next_number(&self->state));
    for (int turn = 0; turn < 4200; turn++)
        for (int i = 0; i < count; i++) {
            sum = _mm256_add_epi32(_mm256_xor_si256(sum, v[i]), _mm256_slli_epi32(sum, 5));
            v[i] = _mm256_shuffle_epi8(_mm256_sub_epi64(v[i], sum), _mm256_set1_epi64x(0x0706050403020100));
        }
    return hash_words(v, count * sizeof *v);
}

// Instructions that repeat themselves: a store, a copy that overlaps, and a search.
static uint64_t strings(struct side *self) {
    enum { length = 128 << 10 };
    uint64_t sum = 0;
    for (int turn = 0; turn < 20; turn++) {
        uint64_t number = next_number(&self->state), filling = (number | 0x0101010101010101) & ~0x8080808080808080;
        size_t place = number % length, distance = 1 + (number >> 32) % 5000, count = length / 8;
        void *to = self->memory;
        __asm__ volatile("rep stosq" : "+D"(to), "+c"(count) : "a"(filling) : "memory");
        self->memory[place] = 0x80;
        void *from = self->memory;
        to = self->memory + length + distance, count = length;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
        to = self->memory, from = self->memory + distance, count = length;
        __asm__ volatile("rep movsb" : "+D"(to), "+S"(from), "+c"(count)::"memory");
        to = self->memory + length + distance, count = length;
        __asm__ volatile("repne scasb" : "+D"(to), "+c"(count) : "a"(0x80) : "memory", "cc");
        CHECK(count == length - place - 1);
        sum = sum * 31 + count;
    }
    return sum;
}

// Recursion: the state is in return addresses.
__attribute__((noinline)) static uint64_t fibonacci_of(int n) {
    return n < 2 ? (uint64_t)n : fibonacci_of(n - 1) + fibonacci_of(n - 2);
}

static uint64_t fibonacci(struct side *self) {
    uint64_t *values = (uint64_t *)self->memory, number = next_number(&self->state);
    return values[number % 64] += number * fibonacci_of(28);
}

// A table with open addressing: keys go in, and are looked up with others that are not there.
static uint64_t hash(struct side *self) {
    enum { bits = 15, slots = 1 << bits };
    uint64_t *table = (uint64_t *)self->memory, found = 0;
    memset(table, 0, slots * sizeof *table);
    for (int i = 0; i < 120000; i++) {
        uint64_t key = next_number(&self->state) % slots + 1, at = key * 0x9e3779b97f4a7c15 >> (64 - bits);
        while (table[at] != 0 && table[at] != key) at = (at + 1) % slots;
        if (table[at] == key) found += key;
        else if (i % 4 == 0) table[at] = key;
    }
    return found;
}

// A loop that the thread writes itself, another one in each round, into memory that is writable and executable.
static uint64_t generated(struct side *self) {
    static const unsigned char parts[] = {
        0x48, 0x89, 0xf8,                          // mov %rdi, %rax
        0xb9, 0x00, 0x00, 0x00, 0x00,              // mov $turns, %ecx
        0x48, 0x69, 0xc0, 0x00, 0x00, 0x00, 0x00,  // imul $factor, %rax, %rax
        0x48, 0xc1, 0xc0, 0x09,                    // rol $9, %rax
        0x48, 0xff, 0xc9,                          // dec %rcx
        0x75, 0xf0,                                // jnz to the imul
        0xc3,                                      // ret
    };
    uint32_t turns = 800000, factor = (uint32_t)next_number(&self->state) >> 1 | 1;
    memcpy(self->memory, parts, sizeof parts);
    memcpy(self->memory + 4, &turns, 4);
    memcpy(self->memory + 11, &factor, 4);
    return ((uint64_t(*)(uint64_t))(uintptr_t)self->memory)(self->state);
}

static const struct mode {
    const char *name;
    uint64_t (*round)(struct side *self);
    void (*prepare)(struct side *self);
} modes[] = {
    {"counter", counter, NULL},     {"registers", registers, NULL}, {"quicksort", quicksort, NULL},
    {"zlib", zlib, prepare_zlib},   {"matrix", matrix, NULL},       {"avx2", avx2, NULL},
    {"strings", strings, NULL},     {"fibonacci", fibonacci, NULL}, {"hash", hash, NULL},
    {"generated", generated, NULL},
};

static struct side sides[2];
static const struct mode *mode;
static long rounds;

static void *side_main(void *argument) {
    struct side *self = &sides[(intptr_t)argument];
    await_threads(2);
    for (long i = 0; i < rounds; i++) self->result = self->result * 31 + mode->round(self);
    return NULL;
}

int main(int argc, char **argv) {
    for (size_t i = 0; argc == 3 && i < sizeof modes / sizeof *modes; i++)
        if (strcmp(argv[1], modes[i].name) == 0) mode = &modes[i];
    if (mode == NULL || (rounds = atol(argv[2])) <= 0) {
        fprintf(stderr, "usage: preempt MODE ROUNDS\n");
        return 64;
    }
    if (mode->round == avx2 && !__builtin_cpu_supports("avx2")) return 77;
    int protection = PROT_READ | PROT_WRITE | (mode->round == generated ? PROT_EXEC : 0);
    for (int i = 0; i < 2; i++) {
        void *memory = mmap(NULL, memory_size, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        CHECK(memory != MAP_FAILED);
        sides[i].memory = memory, sides[i].state = 0x9e3779b97f4a7c15 * (uint64_t)(i + 1);
        if (mode->prepare != NULL) mode->prepare(&sides[i]);
    }
    run_threads(2, side_main);
    uint64_t results = 0, memory = 0;
    for (int i = 0; i < 2; i++) {
        results = results * 31 + sides[i].result;
        memory = memory * 31 + hash_words(sides[i].memory, memory_size);
    }
    printf("%s, %ld rounds: results %016lx memory %016lx\n", mode->name, rounds, results, memory);
    return 0;
}
