// An exec with 100 arguments and a large environment.
#include "guest.h"

extern char **environ;

int main(int argc, char **argv) {
    if (argc > 1) {
        CHECK(argc == 101);
        uint64_t hash = 0;
        size_t count = 0;
        for (char **entry = environ; *entry; entry++, count++) hash ^= guest_hash(*entry, strlen(*entry));
        CHECK(count == 500 && strlen(environ[499]) > 300);
        printf("%016lx, the last at %p, %s\n", hash, (void *)environ[499], argv[100]);
        return guest_success();
    }
    static char names[500][400], *environment[501], *arguments[102];
    uint64_t random = guest_random();
    for (int i = 0; i < 500; i++) {
        int length = snprintf(names[i], sizeof names[i], "VARIABLE_%d=%016lx", i, random + (uint64_t)i);
        memset(names[i] + length, 'x', 300);
        environment[i] = names[i];
    }
    static char words[101][16];
    for (int i = 0; i < 101; i++) {
        snprintf(words[i], sizeof words[i], "word-%d", i);
        arguments[i] = words[i];
    }
    execve("/proc/self/exe", arguments, environment);
    CHECK(!"exec returned");
}
