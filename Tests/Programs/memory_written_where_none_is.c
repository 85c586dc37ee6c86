// /proc/self/mem and process_vm_writev at addresses where nothing is mapped, as at 0x70000000, where a recorder may have
// something of its own: EIO and EFAULT, or as much as there is memory before.
#include "guest.h"

#include <sys/sendfile.h>

static unsigned char *const hole = (unsigned char *)0x70000000;
enum { PAGE = 4096, LONG = 3 * PAGE };
static char text[LONG];
static int memory;

// A call has written `room` bytes, or has failed as one does where there is no room at all.
#define TELL(call, room, error)                                                                                        \
    do {                                                                                                               \
        errno = 0;                                                                                                     \
        ssize_t done = (call);                                                                                         \
        printf(#call ": %zd errno %d\n", done, errno);                                                                 \
        CHECK((room) > 0 ? done == (room) : done == -1 && errno == (error));                                           \
    } while (0)

static void check_position(off_t wanted) { CHECK(lseek(memory, 0, SEEK_CUR) == wanted); }

// By all calls that write at a position.
static void write_at(unsigned char *address, ssize_t room) {
    off_t place = (off_t)(uintptr_t)address;
    void *volatile bad = (void *)8;
    struct iovec vector[] = {{text, 100}, {text + 100, LONG - 100}};
    printf("%zd bytes of room\n", room);
    TELL(pwrite(memory, text, LONG, place), room, EIO);
    CHECK(pwrite(memory, text, 0, place) == 0);
    TELL(pwrite(memory, bad, 16, place), 0, EFAULT);
    CHECK(lseek(memory, place, SEEK_SET) == place);
    TELL(write(memory, text, LONG), room, EIO);
    check_position(place + room);
    CHECK(lseek(memory, place, SEEK_SET) == place);
    TELL(writev(memory, vector, 2), room, EIO);
    check_position(place + room);
    TELL(pwritev(memory, vector, 2, place), room, EIO);
    TELL(pwritev2(memory, vector, 2, place, 0), room, EIO);
    CHECK(lseek(memory, place, SEEK_SET) == place);
    TELL(pwritev2(memory, vector, 2, -1, 0), room, EIO);
    check_position(place + room);
    struct iovec remote[] = {{address, 100}, {address + 100, LONG - 100}}, first = {text, 50};
    TELL(process_vm_writev(getpid(), vector, 2, remote, 2, 0), room, EFAULT);
    TELL(process_vm_writev(getpid(), &first, 1, remote, 2, 0), room > 50 ? 50 : room, EFAULT);
    CHECK(process_vm_writev(getpid(), NULL, 0, remote, 2, 0) == 0);
}

// These cannot write to it on any kernel that is still in use.
static void copy_to(unsigned char *address) {
    off_t place = (off_t)(uintptr_t)address, from = 0;
    int file = guest_file("source", "sixteen letters."), data[2];
    CHECK(pipe(data) == 0 && write(data[1], text, 16) == 16);
    CHECK(lseek(memory, place, SEEK_SET) == place);
    CHECK(sendfile(memory, file, &from, 16) == -1);
    CHECK(splice(data[0], NULL, memory, &place, 16, 0) == -1);
    CHECK(copy_file_range(file, &from, memory, &place, 16, 0) == -1);
    CHECK(close(file) == 0 && close(data[0]) == 0 && close(data[1]) == 0 && unlink("source") == 0);
}

int main(void) {
    memory = open("/proc/self/mem", O_RDWR | O_CLOEXEC);
    CHECK(memory >= 0);
    memset(text, 'x', sizeof text);
    write_at(hole, 0);
    write_at(hole + 64 * PAGE + 100, 0);
    unsigned char *page = mmap(
        hole - PAGE, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
    CHECK(page == hole - PAGE);
    write_at(hole - 1000, 1000);
    CHECK(hole[-1] == 'x' && hole[-1000] == 'x' && hole[-1001] == 0);
    copy_to(hole);
    copy_to(hole - 8);
    // Whatever is there, it is as it was.
    CHECK(getppid() > 0);
    return guest_success();
}
