// Two threads put numbers into hash tables, find them and take them out again.
// libs: -lpthread
#include "compete.h"

enum { slots = 1 << 16 };

static uint64_t *place_of(uint64_t *table, uint64_t key) {
    uint64_t at = key * 0x9e3779b97f4a7c15 >> 48;
    while (table[at] != 0 && table[at] != key) at = (at + 1) % slots;
    return &table[at];
}

static void take_out(uint64_t *table, uint64_t *place) {
    *place = 0;
    for (uint64_t at = (uint64_t)(place - table + 1) % slots; table[at] != 0; at = (at + 1) % slots) {
        uint64_t key = table[at];
        table[at] = 0;
        *place_of(table, key) = key;
    }
}

static uint64_t work(struct rival *self) {
    uint64_t *table = calloc(slots, sizeof *table), state = self->seed, found = 0;
    self->size = slots * sizeof *table, self->memory = table;
    for (int i = 0; i < 1500000; i++) {
        uint64_t key = next_number(&state) % 60000 + 1, *place = place_of(table, key);
        if (*place == 0) {
            *place = key;
        } else {
            found++;
            take_out(table, place);
        }
    }
    return found ^ hash_words(table, slots * sizeof *table);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
