// Arguments as given, the environment as found, in the places where the kernel put them.
// args: one two three
#include "guest.h"

extern char **environ;

int main(int argc, char **argv) {
    CHECK(argc == 4 && strcmp(argv[1], "one") == 0 && strcmp(argv[3], "three") == 0 && argv[4] == NULL);
    CHECK(environ == argv + argc + 1);
    size_t count = 0, length = 0;
    for (char **entry = environ; *entry; entry++) count++, length += strlen(*entry) + 1;
    for (int i = 0; i < argc; i++) printf("%p: %s\n", (void *)argv[i], argv[i]);
    printf("%zu variables of %zu bytes\n", count, length);
    CHECK(setenv("NEW", "value", 1) == 0 && strcmp(getenv("NEW"), "value") == 0);
    return guest_success();
}
