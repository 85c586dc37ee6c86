// A dump of the network links over netlink: messages of the kernel's making.
#include "guest.h"

#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <sys/socket.h>

int main(void) {
    int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);
    if (fd == -1) {
        printf("no netlink for %d: errno %d\n", getpid(), errno);
        return guest_success();
    }
    struct {
        struct nlmsghdr header;
        struct ifinfomsg body;
    } request = {.header = {.nlmsg_len = sizeof request, .nlmsg_type = RTM_GETLINK, .nlmsg_seq = 7}};
    request.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
    CHECK(send(fd, &request, sizeof request, 0) == sizeof request);
    struct sockaddr_nl name;
    socklen_t length = sizeof name;
    CHECK(getsockname(fd, (struct sockaddr *)&name, &length) == 0);
    static char buffer[65536];
    int links = 0;
    for (bool done = false; !done;) {
        ssize_t count = recv(fd, buffer, sizeof buffer, 0);
        CHECK(count > 0);
        for (struct nlmsghdr *m = (struct nlmsghdr *)buffer; NLMSG_OK(m, count); m = NLMSG_NEXT(m, count)) {
            CHECK(m->nlmsg_seq == 7 && m->nlmsg_type != NLMSG_ERROR);
            if (m->nlmsg_type == NLMSG_DONE) done = true;
            if (m->nlmsg_type == RTM_NEWLINK) links++;
        }
    }
    CHECK(links >= 1);
    printf("%d links told to port %u\n", links, name.nl_pid);
    return guest_success();
}
