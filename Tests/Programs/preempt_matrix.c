// Two threads multiply matrices of doubles.
// libs: -lpthread
#include "compete.h"

enum { n = 128 };

static uint64_t work(struct rival *self) {
    double (*m)[n][n] = calloc(3, sizeof *m);
    uint64_t state = self->seed;
    for (int i = 0; i < n; i++)
        for (int k = 0; k < n; k++) m[0][i][k] = (double)(next_number(&state) >> 40) / (1 << 23) - 1;
    memcpy(m[1], m[0], sizeof *m);
    self->size = 3 * sizeof *m, self->memory = m;
    for (int round = 0; round < 20; round++) {
        for (int i = 0; i < n; i++)
            for (int k = 0; k < n; k++) {
                double sum = 0;
                for (int j = 0; j < n; j++) sum += m[0][i][j] * m[1][j][k];
                m[2][i][k] = sum / n;
            }
        memcpy(m[1], m[2], sizeof *m);
    }
    return hash_words(m[2], sizeof *m);
}

int main(void) {
    compete(2, work);
    return guest_success();
}
