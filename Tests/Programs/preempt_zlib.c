// Two threads compress the same text, and expand it again.
// libs: -lpthread -lz
#include "compete.h"

#include <zlib.h>

enum { length = 1200000 };

static uint64_t work(struct rival *self) {
    uint64_t state = self->seed;
    unsigned char *text = malloc(length), *again = malloc(length);
    for (int i = 0; i < length; i++) text[i] = "  etaoin shrdlu\n"[next_number(&state) >> 60 & (i >> 8)];
    uLongf packed_length = compressBound(length), again_length = length;
    unsigned char *packed = calloc(1, packed_length);
    self->size = packed_length, self->memory = packed;
    CHECK(compress2(packed, &packed_length, text, length, 6) == Z_OK);
    CHECK(uncompress(again, &again_length, packed, packed_length) == Z_OK);
    CHECK(again_length == length && memcmp(text, again, length) == 0);
    return hash_words(packed, packed_length);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
