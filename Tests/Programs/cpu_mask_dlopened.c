// XGETBV in a shared object that is opened, closed and opened again: a copy of the program, which is one itself.
// cflags: -shared -fPIC -Wl,-e,entry
#include "processor.h"

#include <dlfcn.h>

const char interpreter[] __attribute__((section(".interp"), used)) = "/lib64/ld-linux-x86-64.so.2";

uint64_t library_mask(void) { return xgetbv(0); }

static void copy_self(const char *name) {
    static unsigned char bytes[65536];
    int self = open("/proc/self/exe", O_RDONLY | O_CLOEXEC), copy = open(name, O_WRONLY | O_CREAT | O_EXCL, 0755);
    CHECK(self >= 0 && copy >= 0);
    for (ssize_t count; (count = read(self, bytes, sizeof bytes)) > 0;) CHECK(write(copy, bytes, count) == count);
    close(self), close(copy);
}

__attribute__((force_align_arg_pointer, used)) void entry(void) {
    uint64_t mask = enabled_mask();
    copy_self("./library.so");
    for (int i = 0; i < 3; i++) {
        void *library = dlopen("./library.so", i % 2 ? RTLD_LAZY : RTLD_NOW);
        CHECK(library != NULL);
        void *function = dlsym(library, "library_mask");
        CHECK(function != NULL && function != (void *)(uintptr_t)library_mask);
        CHECK(mask_by(function) == mask);
        CHECK(dlclose(library) == 0);
    }
    CHECK(unlink("./library.so") == 0);
    printf("%lx\n", mask);
    exit(guest_success());
}
