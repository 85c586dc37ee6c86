// A connect that is refused, a non-blocking accept, and connect in progress with SO_ERROR.
#include "guest.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>

int main(void) {
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    CHECK(bind(listener, (struct sockaddr *)&address, sizeof address) == 0);
    CHECK(getsockname(listener, (struct sockaddr *)&address, &length) == 0);
    int client = socket(AF_INET, SOCK_STREAM, 0);
    CHECK(connect(client, (struct sockaddr *)&address, sizeof address) == -1 && errno == ECONNREFUSED);
    close(client);
    CHECK(listen(listener, 1) == 0);
    CHECK(accept(listener, NULL, NULL) == -1 && errno == EAGAIN);
    client = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    int result = connect(client, (struct sockaddr *)&address, sizeof address);
    CHECK(result == 0 || errno == EINPROGRESS);
    struct pollfd ready = {client, POLLOUT, 0};
    CHECK(poll(&ready, 1, -1) == 1 && ready.revents == POLLOUT);
    int error = -1;
    length = sizeof error;
    CHECK(getsockopt(client, SOL_SOCKET, SO_ERROR, &error, &length) == 0 && error == 0);
    ready = (struct pollfd){listener, POLLIN, 0};
    CHECK(poll(&ready, 1, -1) == 1);
    int server = accept(listener, NULL, NULL);
    CHECK(server >= 0);
    close(server);
    printf("port %d\n", ntohs(address.sin_port));
    return guest_success();
}
