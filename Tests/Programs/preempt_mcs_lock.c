// An MCS lock: each of four threads spins on a word of its own, which its predecessor in the queue clears.
// libs: -lpthread
#include "compete.h"

struct node {
    struct node *next;
    int locked;
};

static struct node *tail;
static int count;
static uint64_t order, spins[4];

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(4);
    for (int i = 0; i < 6; i++) {
        struct node node = {.locked = 1};
        struct node *before = __atomic_exchange_n(&tail, &node, __ATOMIC_ACQ_REL);
        if (before != NULL) {
            __atomic_store_n(&before->next, &node, __ATOMIC_RELEASE);
            while (__atomic_load_n(&node.locked, __ATOMIC_ACQUIRE)) spins[own]++;
        }
        order = order * 4 + (uint64_t)own;
        count++;
        struct node *expected = &node;
        if (!__atomic_compare_exchange_n(&tail, &expected, NULL, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
            struct node *after;
            while ((after = __atomic_load_n(&node.next, __ATOMIC_ACQUIRE)) == NULL) spins[own]++;
            __atomic_store_n(&after->locked, 0, __ATOMIC_RELEASE);
        }
    }
    return NULL;
}

int main(void) {
    run_threads(4, work);
    CHECK(count == 24 && tail == NULL);
    printf("order %016lx, spun %lu, %lu, %lu, %lu\n", order, spins[0], spins[1], spins[2], spins[3]);
    return guest_success();
}
