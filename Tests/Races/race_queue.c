// A planted race: a list without locks and without tags (the ABA problem) loses nodes if a thread is stopped in its pop
// while another one pops two nodes and pushes the first of them back.
//
// The first thread is done with its pops long before the second one, which has 20 ms to compute first, begins.
// libs: -lpthread
#include "../Programs/compete.h"

struct node {
    struct node *next;
    int number, owner;
};

static struct node nodes[8], *head;
static volatile uint64_t work_done[2];

static void compute(intptr_t own, int turns) {
    for (int i = 0; i < turns; i++) work_done[own] = work_done[own] * 6364136223846793005 + 1;
}

static void push(struct node *node) {
    node->owner = -1;
    node->next = __atomic_load_n(&head, __ATOMIC_SEQ_CST);
    while (!__atomic_compare_exchange_n(&head, &node->next, node, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) continue;
}

static struct node *pop(intptr_t own, int turns) {
    struct node *first = __atomic_load_n(&head, __ATOMIC_SEQ_CST);
    while (first != NULL) {
        struct node *next = first->next;
        compute(own, turns);  // From here on `next` may be stale.
        if (__atomic_compare_exchange_n(&head, &first, next, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) break;
    }
    return first;
}

static void *work(void *argument) {
    intptr_t own = (intptr_t)argument;
    if (own == 0) {
        compute(own, 20000);
        for (int i = 0; i < 4; i++) push(pop(own, 20000));
        return NULL;
    }
    compute(own, 10000000);
    struct node *a = pop(own, 1), *b = pop(own, 1);
    if (b != NULL) b->owner = 1;  // Kept until the end.
    if (a != NULL) push(a);
    return NULL;
}

int main(void) {
    for (int i = 7; i >= 0; i--) nodes[i].number = i, push(&nodes[i]);
    run_threads(2, work);
    int count = 0;
    for (struct node *node = head; node != NULL && count < 9; node = node->next, count++) {
        if (node->owner != 1) continue;
        printf("RACE: node %d is in the list though it was taken out\n", node->number);
        return 1;
    }
    if (count != 7) {
        printf("RACE: %d nodes are in the list, not 7\n", count);
        return 1;
    }
    return guest_success();
}
