// A child changes code that it has from its parent: each has its own from then on.
#include "processor.h"

int main(void) {
    uint64_t mask = enabled_mask();
    for (int protection = PROT_READ | PROT_EXEC; protection <= 7; protection += PROT_WRITE) {
        unsigned char *code = map_pages(2, PROT_READ | PROT_WRITE);
        memcpy(code, mask_code, sizeof mask_code), memcpy(code + 4096, mask_code, sizeof mask_code);
        CHECK(mprotect(code, 8192, protection) == 0);
        CHECK(mask_by(code) == mask);
        int go[2];
        CHECK(pipe(go) == 0);
        pid_t child = fork();
        CHECK(child >= 0);
        if (child == 0) {
            CHECK(mask_by(code + 4096) == mask && mask_by(code) == mask);
            CHECK(mprotect(code, 4096, PROT_READ | PROT_WRITE) == 0);
            CHECK(memcmp(code, mask_code, sizeof mask_code) == 0);
            memcpy(code, (unsigned char[]){0xb8, 9, 0, 0, 0, 0xc3}, 6);
            memcpy(code + 100, mask_code, sizeof mask_code);
            CHECK(mprotect(code, 4096, protection) == 0);
            CHECK(((mask_function *)(uintptr_t)code)() == 9 && mask_by(code + 100) == mask);
            CHECK(mask_by(code + 4096) == mask);
            guest_signal(go[1]);
            _exit(3);
        }
        guest_await(go[0]);
        CHECK(mask_by(code) == mask && mask_by(code + 4096) == mask);
        CHECK(guest_wait_exit(child) == 3);
        CHECK(mask_by(code) == mask);
        CHECK(mprotect(code, 8192, PROT_READ | PROT_WRITE) == 0);
        CHECK(memcmp(code, mask_code, sizeof mask_code) == 0 && code[100] == 0);
    }
    printf("%lx\n", mask);
    return guest_success();
}
