// shmdt(2) takes away all that is left of a segment where it was attached: pieces of other protections, what lies behind a
// hole, and not what has been mapped or moved there since.
#include "guest.h"
#include <setjmp.h>
#include <sys/shm.h>

enum { page = 4096, pages = 6 };
static sigjmp_buf escape;
static void on_fault(int signal) { siglongjmp(escape, signal); }

static void show(const char *what, volatile char *memory) {
    printf("%s:", what);
    for (volatile int i = 0; i < pages; i++) {
        if (sigsetjmp(escape, 1) == 0)
            printf(" %d", memory[i * page]);
        else
            printf(" -");
    }
    printf("\n");
}

static char *attach(int id) {
    char *memory = shmat(id, NULL, 0);
    CHECK(memory != (void *)-1);
    for (int i = 0; i < pages; i++) memory[i * page] = (char)(i + 1);
    return memory;
}

int main(void) {
    signal(SIGSEGV, on_fault);
    int id = shmget(IPC_PRIVATE, pages * page, 0600);
    CHECK(id >= 0);

    char *holed = attach(id);
    CHECK(munmap(holed + page, page) == 0);
    CHECK(mprotect(holed + 3 * page, page, PROT_READ) == 0);
    show("with a hole", holed);
    CHECK(shmdt(holed) == 0);
    show("detached", holed);

    char *headless = attach(id);
    CHECK(munmap(headless, 2 * page) == 0);
    char *other = mmap(headless, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0);
    CHECK(other == headless);
    *other = 9;
    show("without its head", headless);
    CHECK(shmdt(headless) == 0);
    show("detached", headless);
    CHECK(munmap(headless, page) == 0);

    char *moved = attach(id);
    char *place = mmap(NULL, page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(mremap(moved + 2 * page, page, page, MREMAP_MAYMOVE | MREMAP_FIXED, place) == place);
    CHECK(shmdt(moved) == 0);
    show("detached", moved);
    printf("moved away: %d\n", *place);
    CHECK(munmap(place, page) == 0);
    CHECK(shmdt(moved) == -1 && errno == EINVAL);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    return guest_success();
}
