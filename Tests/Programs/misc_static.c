// A statically linked program.
// cflags: -static
// libs: -lm
#include "guest.h"

#include <math.h>
#include <sys/auxv.h>

int main(void) {
    struct timespec now;
    CHECK(getauxval(AT_BASE) == 0);
    CHECK(clock_gettime(CLOCK_REALTIME, &now) == 0);
    char *memory = malloc(300000);
    CHECK(memory != NULL);
    volatile double two = 2;
    printf("%ld.%09ld, %d at %p, %p, %.17g\n", now.tv_sec, now.tv_nsec, getpid(), (void *)memory, (void *)main,
           sqrt(two));
    return guest_success();
}
