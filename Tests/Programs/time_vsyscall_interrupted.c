// Calls of the vsyscall page between timer signals, and nothing else.
#include "guest.h"

#include <sys/time.h>

static volatile int rings;
static void ring(int signal) { rings += signal == SIGALRM; }

int main(void) {
    char *line = NULL;
    size_t size = 0;
    bool found = false;
    FILE *maps = fopen("/proc/self/maps", "r");
    CHECK(maps != NULL);
    while (getline(&line, &size, maps) > 0) found |= strstr(line, "[vsyscall]") != NULL;
    CHECK(fclose(maps) == 0);
    if (!found) return guest_success();
    time_t (*get_time)(time_t *) = (void *)0xffffffffff600400;
    CHECK(signal(SIGALRM, ring) != SIG_ERR);
    struct itimerval often = {{0, 5000}, {0, 5000}};
    CHECK(setitimer(ITIMER_REAL, &often, NULL) == 0);
    time_t sum = 0;
    while (rings < 10) sum ^= get_time(NULL);
    printf("%ld\n", sum);
    return guest_success();
}
