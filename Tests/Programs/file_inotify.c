// inotify reports what happens in a directory.
#include "guest.h"

#include <sys/inotify.h>

int main(void) {
    int watcher = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
    CHECK(watcher >= 0);
    int watch = inotify_add_watch(watcher, ".", IN_CREATE | IN_MOVED_FROM | IN_MOVED_TO | IN_DELETE | IN_CLOSE_WRITE);
    CHECK(watch > 0);
    char buffer[4096];
    CHECK(read(watcher, buffer, sizeof buffer) == -1 && errno == EAGAIN);
    close(guest_file("one", "text"));
    CHECK(rename("one", "two") == 0 && unlink("two") == 0);
    ssize_t length = read(watcher, buffer, sizeof buffer);
    CHECK(length > 0);
    static const uint32_t expected[] = {IN_CREATE, IN_CLOSE_WRITE, IN_MOVED_FROM, IN_MOVED_TO, IN_DELETE};
    int count = 0;
    for (ssize_t at = 0; at < length; count++) {
        struct inotify_event *event = (struct inotify_event *)(buffer + at);
        CHECK(count < 5 && event->mask == expected[count] && event->wd == watch);
        printf("%x %s cookie %u\n", event->mask, event->name, event->cookie);
        at += (ssize_t)sizeof *event + event->len;
    }
    CHECK(count == 5);
    CHECK(inotify_rm_watch(watcher, watch) == 0);
    CHECK(read(watcher, buffer, sizeof buffer) == 16 && ((struct inotify_event *)buffer)->mask == IN_IGNORED);
    return guest_success();
}
