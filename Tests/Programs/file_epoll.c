// epoll: level and edge triggered, one shot, time out, pwait.
#include "guest.h"

#include <sys/epoll.h>

int main(void) {
    int set = epoll_create1(EPOLL_CLOEXEC), level[2], edge[2];
    CHECK(set >= 0 && pipe(level) == 0 && pipe(edge) == 0);
    struct epoll_event event = {EPOLLIN, {.u64 = guest_random()}}, got[4];
    uint64_t level_data = event.data.u64;
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, level[0], &event) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, level[0], &event) == -1 && errno == EEXIST);
    event = (struct epoll_event){EPOLLIN | EPOLLET, {.u64 = 2}};
    CHECK(epoll_ctl(set, EPOLL_CTL_ADD, edge[0], &event) == 0);
    CHECK(epoll_wait(set, got, 4, 0) == 0);
    CHECK(epoll_wait(set, got, 4, 5) == 0);

    memset(got, 0xee, sizeof got);
    CHECK(write(level[1], "a", 1) == 1);
    CHECK(epoll_wait(set, got, 4, -1) == 1 && got[0].events == EPOLLIN && got[0].data.u64 == level_data);
    CHECK(got[1].data.u64 == 0xeeeeeeeeeeeeeeee);
    CHECK(write(edge[1], "b", 1) == 1);
    CHECK(epoll_wait(set, got, 4, -1) == 2);
    CHECK(epoll_pwait(set, got, 4, -1, NULL) == 1 && got[0].data.u64 == level_data);
    event = (struct epoll_event){EPOLLIN | EPOLLONESHOT, {.u64 = 3}};
    CHECK(epoll_ctl(set, EPOLL_CTL_MOD, level[0], &event) == 0);
    CHECK(epoll_wait(set, got, 4, -1) == 1 && got[0].data.u64 == 3);
    CHECK(epoll_wait(set, got, 4, 0) == 0);
    CHECK(epoll_ctl(set, EPOLL_CTL_DEL, edge[0], NULL) == 0);
    printf("data %016lx\n", level_data);
    return guest_success();
}
