// /proc/self/maps lists what we map; mincore tells resident pages; mlock works within its limit.
#include "guest.h"

int main(void) {
    char *memory = mmap(NULL, 3 * 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    CHECK(memory != MAP_FAILED);
    CHECK(mprotect(memory + 4096, 4096, PROT_READ | PROT_WRITE) == 0);
    memory[4096] = 1;
    char wanted[80], line[4096];
    snprintf(wanted, sizeof wanted, "%lx-%lx rw-p", (uintptr_t)memory + 4096, (uintptr_t)memory + 8192);
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    bool found = false;
    while (fgets(line, sizeof line, maps))
        if (strncmp(line, wanted, strlen(wanted)) == 0) found = true;
    CHECK(found);
    fclose(maps);
    unsigned char resident[3];
    CHECK(mincore(memory, 3 * 4096, resident) == 0);
    CHECK(resident[1] & 1);
    int locked = mlock(memory, 4096);
    CHECK(locked == 0 || errno == ENOMEM || errno == EPERM);
    if (locked == 0) CHECK(munlock(memory, 4096) == 0);
    printf("%s %d%d%d\n", wanted, resident[0] & 1, resident[1] & 1, resident[2] & 1);
    return guest_success();
}
