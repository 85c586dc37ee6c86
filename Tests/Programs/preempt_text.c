// Two threads format numbers as text and read them back, in the C library.
// libs: -lpthread
#include "compete.h"

static uint64_t work(struct rival *self) {
    uint64_t state = self->seed, sum = 0;
    char text[128];
    for (int i = 0; i < 60000; i++) {
        double number = (double)(int64_t)next_number(&state) / 1e7;
        int length = snprintf(text, sizeof text, "%.17g %d %s %x", number, i, i % 2 ? "odd" : "even", i * 77);
        char *end;
        CHECK(length > 0 && strtod(text, &end) == number && strtol(end, NULL, 10) == i);
        sum = sum * 31 + guest_hash(text, (size_t)length);
        self->progress++;
    }
    return sum;
}

int main(void) {
    compete(2, work);
    return guest_success();
}
