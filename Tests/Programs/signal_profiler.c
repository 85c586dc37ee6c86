// A profiler: at 100 Hz a handler notes where zlib was interrupted, and with which registers.
// libs: -lz
#include "guest.h"

#include <sys/time.h>
#include <ucontext.h>
#include <zlib.h>

enum { length = 400000, samples = 12 };
static volatile int taken;
static uint64_t places[samples], registers[samples];

static void handler(int signal, siginfo_t *info, void *context) {
    CHECK(signal == SIGPROF && info != NULL);
    if (taken == samples) return;
    gregset_t *all = &((ucontext_t *)context)->uc_mcontext.gregs;
    places[taken] = (uint64_t)(*all)[REG_RIP];
    registers[taken++] = guest_hash(all, sizeof(greg_t) * (REG_RIP + 1));
}

int main(void) {
    unsigned char *text = malloc(length), *packed = malloc(compressBound(length));
    uint64_t state = guest_random() | 1, first = 0;
    for (int i = 0; i < length; i++) {
        state = state * 6364136223846793005 + 1;
        text[i] = "  etaoin shrdlu\n"[state >> 60 & (unsigned)(i >> 8)];
    }
    struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_RESTART};
    CHECK(sigaction(SIGPROF, &action, NULL) == 0);
    CHECK(setitimer(ITIMER_PROF, &(struct itimerval){{0, 10000}, {0, 10000}}, NULL) == 0);
    for (int round = 0; taken < samples; round++) {
        uLongf size = compressBound(length);
        CHECK(compress2(packed, &size, text, length, 6) == Z_OK);
        if (round == 0) first = guest_hash(packed, size);
        CHECK(guest_hash(packed, size) == first);
    }
    CHECK(setitimer(ITIMER_PROF, &(struct itimerval){0}, NULL) == 0);
    for (int i = 0; i < samples; i++) printf("%016lx with %016lx\n", places[i], registers[i]);
    return guest_success();
}
