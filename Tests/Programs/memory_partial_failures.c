// Calls that change what is mapped, fail in the middle, and leave what they have done.
#include "guest.h"

#ifndef F_SEAL_FUTURE_WRITE
#define F_SEAL_FUTURE_WRITE 16
#endif

enum { PAGE = 4096 };
static const int both = PROT_READ | PROT_WRITE;

static char *fresh(int pages) {
    char *memory = mmap(NULL, (size_t)(pages * PAGE), both, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    memset(memory, 1 + (int)(guest_random() % 100), (size_t)(pages * PAGE));
    return memory;
}

// Which pages can be read and written, and what they hold: by calls, which fail where a store would be a fault.
static void show(const char *what, char *memory, int pages) {
    int data[2];
    CHECK(pipe(data) == 0);
    printf("%s:", what);
    for (int i = 0; i < pages; i++) {
        char byte = 0;
        bool reads = write(data[1], memory + i * PAGE, 1) == 1;
        if (reads) CHECK(read(data[0], &byte, 1) == 1);
        bool writes = reads && write(data[1], &byte, 1) == 1 && read(data[0], memory + i * PAGE, 1) == 1;
        if (reads && !writes) CHECK(read(data[0], &byte, 1) == 1);
        printf(" %s%d", writes ? "rw" : reads ? "r" : "-", reads ? byte : 0);
        if (writes) memory[i * PAGE] += 1;
    }
    printf("\n");
    close(data[0]), close(data[1]);
}

int main(void) {
    // Lengths that no address space has.
    CHECK(munmap((void *)PAGE, -(size_t)PAGE) == -1 && errno == EINVAL);
    CHECK(mprotect((void *)PAGE, -(size_t)PAGE, both) == -1);
    CHECK(madvise((void *)PAGE, -(size_t)PAGE, MADV_DONTNEED) == -1 && errno == EINVAL);

    // A range that begins in the last page that can be mapped, and ends behind it.
    char *last = (char *)0x7ffffffff000 - PAGE;
    mmap(last, PAGE, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(mmap(last, 2 * PAGE, both, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == MAP_FAILED && errno == ENOMEM);
    munmap(last, PAGE);

    // A gap.
    char *memory = fresh(4);
    CHECK(munmap(memory + 2 * PAGE, PAGE) == 0);
    CHECK(mprotect(memory, 4 * PAGE, PROT_READ) == -1 && errno == ENOMEM);
    show("mprotect over a gap", memory, 4);
    CHECK(madvise(memory, 4 * PAGE, MADV_DONTNEED) == -1 && errno == ENOMEM);
    show("MADV_DONTNEED over a gap", memory, 4);
    CHECK(munmap(memory, 4 * PAGE) == 0);

    // A mapping that may not be written.
    memory = fresh(4);
    int fd = guest_file("partial", "text");
    CHECK(ftruncate(fd, PAGE) == 0);
    int reader = open("partial", O_RDONLY | O_CLOEXEC);
    CHECK(mmap(memory + 2 * PAGE, PAGE, PROT_READ, MAP_SHARED | MAP_FIXED, reader, 0) == memory + 2 * PAGE);
    CHECK(mprotect(memory, 4 * PAGE, PROT_READ) == 0);
    CHECK(mprotect(memory, 4 * PAGE, both) == -1 && errno == EACCES);
    show("mprotect of a file", memory, 4);
    CHECK(madvise(memory, 4 * PAGE, MADV_WIPEONFORK) == -1 && errno == EINVAL);
    pid_t child = fork();
    if (child == 0) {
        show("MADV_WIPEONFORK up to a file", memory, 4);
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    CHECK(munmap(memory, 4 * PAGE) == 0);

    // Locked pages.
    memory = fresh(4);
    if (mlock(memory + 2 * PAGE, PAGE) == 0) {
        CHECK(madvise(memory, 4 * PAGE, MADV_DONTNEED) == -1 && errno == EINVAL);
        show("MADV_DONTNEED of a locked page", memory, 4);
    }
    CHECK(munmap(memory, 4 * PAGE) == 0);

    // A move that clears its target and then finds no source.
    memory = fresh(4);
    CHECK(munmap(memory, PAGE) == 0);
    CHECK(mremap(memory, PAGE, PAGE, MREMAP_MAYMOVE | MREMAP_FIXED, memory + 2 * PAGE) == MAP_FAILED && errno == EFAULT);
    show("mremap from a gap", memory, 4);
    CHECK(munmap(memory, 4 * PAGE) == 0);

    // A mapping over another that the file refuses.
    memory = fresh(4);
    int directory = open("/", O_RDONLY | O_CLOEXEC);
    CHECK(mmap(memory + PAGE, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, directory, 0) == MAP_FAILED);
    show("mmap of a directory", memory, 4);
    CHECK(unlink("partial") == 0);

    // Shared memory that may not lose its contents, behind such that may: all of one or nothing is gone.
    memory = fresh(4);
    int kept = memfd_create("kept", MFD_CLOEXEC | MFD_ALLOW_SEALING), given = memfd_create("given", MFD_CLOEXEC);
    CHECK(ftruncate(kept, 2 * PAGE) == 0 && ftruncate(given, 2 * PAGE) == 0);
    CHECK(mmap(memory, 2 * PAGE, both, MAP_SHARED | MAP_FIXED, given, 0) == memory);
    CHECK(mmap(memory + 2 * PAGE, 2 * PAGE, both, MAP_SHARED | MAP_FIXED, kept, 0) == memory + 2 * PAGE);
    memset(memory, 'a', 4 * PAGE);
    if (fcntl(kept, F_ADD_SEALS, F_SEAL_FUTURE_WRITE) == 0) {
        CHECK(madvise(memory, 4 * PAGE, MADV_REMOVE) == -1 && errno == EPERM);
        for (int i = 0; i < 4; i++) printf("MADV_REMOVE up to sealed memory: %d\n", memory[i * PAGE + 1]);
    }
    return guest_success();
}
