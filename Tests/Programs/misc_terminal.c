// A pseudo terminal: ioctls with structures, line discipline, window size, a child as its session leader.
#include "guest.h"

#include <sys/ioctl.h>
#include <termios.h>

int main(void) {
    int master = posix_openpt(O_RDWR | O_NOCTTY);
    if (master == -1) {
        printf("no pseudo terminals for %d: errno %d\n", getpid(), errno);
        return guest_success();
    }
    char name[64], text[128] = "";
    CHECK(grantpt(master) == 0 && unlockpt(master) == 0 && ptsname_r(master, name, sizeof name) == 0);
    struct winsize size = {30, 100, 0, 0}, got;
    CHECK(ioctl(master, TIOCSWINSZ, &size) == 0);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(setsid() == getpid());
        int slave = open(name, O_RDWR);
        CHECK(slave >= 0 && isatty(slave) && tcgetsid(slave) == getpid());
        CHECK(ioctl(slave, TIOCGWINSZ, &got) == 0 && got.ws_row == 30 && got.ws_col == 100);
        struct termios settings;
        CHECK(tcgetattr(slave, &settings) == 0);
        settings.c_lflag &= ~(tcflag_t)ECHO;
        CHECK(tcsetattr(slave, TCSANOW, &settings) == 0);
        CHECK(write(slave, "ready\n", 6) == 6);
        ssize_t length = read(slave, text, sizeof text);
        CHECK(length == 5 && memcmp(text, "line\n", 5) == 0);
        _exit(0);
    }
    CHECK(read(master, text, sizeof text) == 7 && memcmp(text, "ready\r\n", 7) == 0);
    CHECK(write(master, "line\n", 5) == 5);
    CHECK(guest_wait_exit(child) == 0);
    printf("%s for %d\n", name, child);
    return guest_success();
}
