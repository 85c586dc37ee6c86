// name_to_handle_at: the kernel writes the needed size, then the handle, where the file system has handles.
#include "guest.h"

int main(void) {
    close(guest_file("file", ""));
    union {
        struct file_handle handle;
        unsigned char bytes[sizeof(struct file_handle) + 128];
    } buffer;
    memset(&buffer, 0, sizeof buffer);
    int mount = -1;
    CHECK(name_to_handle_at(AT_FDCWD, "file", &buffer.handle, &mount, 0) == -1);
    if (errno != EOVERFLOW) {
        CHECK(errno == EOPNOTSUPP || errno == EPERM || errno == ENOSYS);
        printf("no handles for %d: errno %d\n", getpid(), errno);
        return guest_success();
    }
    unsigned size = buffer.handle.handle_bytes;
    CHECK(size > 0 && size <= 128);
    CHECK(name_to_handle_at(AT_FDCWD, "file", &buffer.handle, &mount, 0) == 0);
    CHECK(buffer.handle.handle_bytes == size && mount >= 0);
    printf("mount %d, type %d, %u bytes: %016lx\n", mount, buffer.handle.handle_type, size,
           guest_hash(buffer.handle.f_handle, size));
    return guest_success();
}
