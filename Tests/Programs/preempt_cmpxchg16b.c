// A stack without locks whose head carries a tag: three threads push and pop by cmpxchg16b.
// libs: -lpthread
#include "compete.h"

struct node {
    struct node *next;
    uint64_t taken;
};
struct head {
    struct node *first;
    uint64_t tag;
} __attribute__((aligned(16)));

static struct head head;
static struct node nodes[16];
static uint64_t failures[3];

static bool exchange(struct head *expected, struct head new) {
    bool done;
    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(done), "+m"(head), "+a"(expected->first), "+d"(expected->tag)
                     : "b"(new.first), "c"(new.tag)
                     : "memory");
    return done;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    await_threads(3);
    for (int i = 0; i < 300000; i++) {
        struct head old = head;
        while (old.first == NULL || !exchange(&old, (struct head){old.first->next, old.tag + 1})) {
            if (old.first == NULL) old = head;
            failures[own]++;
        }
        struct node *node = old.first;
        node->taken++;
        old = head;
        do node->next = old.first;
        while (!exchange(&old, (struct head){node, old.tag + 1}));
    }
    return NULL;
}

int main(void) {
    for (int i = 0; i < 16; i++) nodes[i].next = head.first, head.first = &nodes[i];
    run_threads(3, work);
    uint64_t sum = 0;
    int count = 0;
    for (struct node *node = head.first; node != NULL; node = node->next) sum += node->taken, count++;
    CHECK(count == 16 && sum == 900000 && head.tag == 1800000);
    printf("failed %lu, %lu, %lu times; ", failures[0], failures[1], failures[2]);
    printf("%016lx\n", guest_hash(nodes, sizeof nodes));
    return guest_success();
}
