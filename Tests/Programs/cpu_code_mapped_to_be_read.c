// Code with CPUID in a file that is mapped executable and read, as programs do that translate code: it reads as it is in the
// file, in all of its parts and wherever they are moved to, until it is executed. So do a child, and what is mapped where
// executed code was.
#include "processor.h"

// Compiled with unwind information, which tells xrr where the instruction is as soon as it is mapped. Without calls and
// data, so that they work at any address.
__attribute__((noinline, aligned(4096))) static uint32_t highest_leaf(void) { return cpuid(0, 0).eax; }
__attribute__((noinline, aligned(4096))) static uint32_t features(void) { return cpuid(1, 0).edx; }

extern const char __executable_start[];
typedef uint32_t leaf_function(void);

static unsigned char *contents;
static size_t size;

static unsigned char *map_file(int file) {
    unsigned char *all = mmap(NULL, size, PROT_READ | PROT_EXEC, MAP_PRIVATE, file, 0);
    CHECK(all != MAP_FAILED);
    return all;
}

// The offset of a function in the file, which is linked so that it has it in memory as well.
static size_t offset_of(leaf_function *function) {
    size_t offset = (size_t)((const char *)function - __executable_start);
    return offset;
}

int main(void) {
    int file = open("/proc/self/exe", O_RDONLY);
    CHECK(file >= 0);
    struct stat status;
    CHECK(fstat(file, &status) == 0);
    size = (size_t)status.st_size;
    contents = malloc(size);
    CHECK(pread(file, contents, size, 0) == (ssize_t)size);
    size_t first = offset_of(highest_leaf), second = offset_of(features);
    uint32_t expected = highest_leaf(), bits = features();

    unsigned char *all = map_file(file);
    CHECK(memcmp(all, contents, size) == 0);
    CHECK(((leaf_function *)(void *)(all + first))() == expected);
    CHECK(((leaf_function *)(void *)(all + second))() == bits);

    // One that is never executed, in three parts: the one in the middle is gone.
    unsigned char *parts = map_file(file);
    CHECK(munmap(parts + first, 4096) == 0);
    CHECK(memcmp(parts + first + 4096, contents + first + 4096, size - first - 4096) == 0);
    CHECK(memcmp(parts, contents, first) == 0);
    // What is left is moved, and executed there.
    unsigned char *place = mmap(NULL, 2 * 4096, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(place != MAP_FAILED);
    CHECK(mremap(parts + second, 4096, 4096, MREMAP_MAYMOVE | MREMAP_FIXED, place + 4096) == place + 4096);
    CHECK(memcmp(place + 4096, contents + second, 4096) == 0);
    CHECK(((leaf_function *)(void *)(place + 4096))() == bits);

    // Over code that was executed; by a child only; after its protection has changed.
    CHECK(mmap(all, size, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_FIXED, file, 0) == all);
    CHECK(memcmp(all, contents, size) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) _exit(((leaf_function *)(void *)(all + first))() == expected ? 7 : 8);
    CHECK(guest_wait_exit(child) == 7);
    CHECK(memcmp(all, contents, size) == 0);
    CHECK(mprotect(all + first, 4096, PROT_READ | PROT_WRITE) == 0);
    all[first + 4095] ^= 0xff;
    CHECK(mprotect(all + first, 4096, PROT_READ | PROT_EXEC) == 0);
    CHECK(((leaf_function *)(void *)(all + first))() == expected);
    CHECK(memcmp(all + second, contents + second, 4096) == 0);
    CHECK(((leaf_function *)(void *)(all + second))() == bits);
    printf("%u %x\n", expected, bits);
    return guest_success();
}
