// io_uring_setup, io_setup and perf_event_open work or are refused in a way that programs know to handle.
#include "guest.h"

#include <linux/aio_abi.h>

int main(void) {
    char parameters[256] = {0};
    long ring = syscall(SYS_io_uring_setup, 4, parameters);
    CHECK(ring >= 0 || errno == ENOSYS || errno == EPERM);
    if (ring >= 0) close((int)ring);
    aio_context_t context = 0;
    long made = syscall(SYS_io_setup, 4, &context);
    CHECK(made == 0 || errno == ENOSYS || errno == EAGAIN);
    if (made == 0) CHECK(context != 0 && syscall(SYS_io_destroy, context) == 0);
    char attributes[128] = {0};
    CHECK(syscall(SYS_perf_event_open, attributes, 0, -1, -1, 0) == -1);
    printf("ring %ld, context %lx in %d\n", ring, (unsigned long)context, getpid());
    return guest_success();
}
