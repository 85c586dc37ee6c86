// A listening Unix socket in the file system; names of both ends; SO_PEERCRED.
#include "guest.h"

#include <stddef.h>
#include <sys/socket.h>
#include <sys/un.h>

int main(void) {
    int listener = socket(AF_UNIX, SOCK_STREAM, 0);
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"}, peer;
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(listen(listener, 4) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        int client = socket(AF_UNIX, SOCK_STREAM, 0);
        CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == 0);
        uint64_t value = guest_random();
        CHECK(send(client, &value, sizeof value, 0) == sizeof value);
        char byte;
        CHECK(recv(client, &byte, 1, 0) == 0);
        _exit(0);
    }
    memset(&peer, 0x55, sizeof peer);
    socklen_t length = sizeof peer;
    int server = accept4(listener, (struct sockaddr *)&peer, &length, SOCK_CLOEXEC);
    CHECK(server >= 0 && length == sizeof(sa_family_t) && peer.sun_family == AF_UNIX && peer.sun_path[0] == 0x55);
    length = 6;  // A short buffer is filled as far as it goes, and the true length is told.
    CHECK(getsockname(server, (struct sockaddr *)&peer, &length) == 0);
    CHECK(length == offsetof(struct sockaddr_un, sun_path) + 7 || length == sizeof address);
    CHECK(memcmp(peer.sun_path, "sock\x55", 5) == 0);
    struct ucred credentials;
    length = sizeof credentials;
    CHECK(getsockopt(server, SOL_SOCKET, SO_PEERCRED, &credentials, &length) == 0);
    CHECK(credentials.pid == child && credentials.uid == getuid());
    uint64_t value;
    CHECK(recv(server, &value, sizeof value, MSG_WAITALL) == sizeof value);
    close(server);
    CHECK(guest_wait_exit(child) == 0);
    printf("%016lx from %d\n", value, credentials.pid);
    return guest_success();
}
