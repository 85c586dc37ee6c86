// posix_spawn with file actions and attributes.
#include "guest.h"

#include <spawn.h>

extern char **environ;

int main(int argc, char **argv) {
    if (argc == 2) {
        CHECK(getpgrp() == getpid());
        printf("%s from %d\n", argv[1], getpid());
        return 4;
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
    CHECK(posix_spawn_file_actions_init(&actions) == 0);
    CHECK(posix_spawn_file_actions_addopen(&actions, 1, "out", O_WRONLY | O_CREAT, 0600) == 0);
    CHECK(posix_spawnattr_init(&attributes) == 0);
    CHECK(posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP) == 0);
    CHECK(posix_spawnattr_setpgroup(&attributes, 0) == 0);
    char *arguments[] = {"spawned", "word", NULL};
    pid_t child;
    CHECK(posix_spawn(&child, "/proc/self/exe", &actions, &attributes, arguments, environ) == 0);
    CHECK(guest_wait_exit(child) == 4);

    char text[64] = "", expected[64];
    int fd = open("out", O_RDONLY);
    CHECK(read(fd, text, sizeof text - 1) > 0);
    snprintf(expected, sizeof expected, "word from %d\n", child);
    CHECK(strcmp(text, expected) == 0);
    fputs(text, stdout);
    CHECK(posix_spawn(&child, "./does-not-exist", NULL, NULL, arguments, environ) == ENOENT);
    return guest_success();
}
