// What the programs that are preempted while they compute share: threads that start together, and rivals, which do
// the same work at the same time so that on one core each has to be stopped in the middle of it.
#ifndef COMPETE_H
#define COMPETE_H

#include "guest.h"

#include <pthread.h>

enum { thread_limit = 32 };

static volatile int threads_ready;

// Threads begin their work when all of them exist.
static inline void await_threads(int count) {
    __atomic_add_fetch(&threads_ready, 1, __ATOMIC_SEQ_CST);
    while (threads_ready < count) sched_yield();
}

// Runs `work` in `count` threads, each with its number as the argument, and waits for their ends.
static inline void run_threads(int count, void *(*work)(void *)) {
    pthread_t threads[thread_limit];
    CHECK(count <= thread_limit);
    for (intptr_t i = 0; i < count; i++) CHECK(pthread_create(&threads[i], NULL, work, (void *)i) == 0);
    for (int i = 0; i < count; i++) CHECK(pthread_join(threads[i], NULL) == 0);
}

// The next number of a sequence that begins anywhere but at zero.
static inline uint64_t next_number(uint64_t *state) {
    *state ^= *state << 13, *state ^= *state >> 7, *state ^= *state << 17;
    return *state;
}

static inline uint64_t hash_words(const void *bytes, size_t size) {
    uint64_t hash = size;
    for (size_t i = 0; i < size / 8; i++) hash = (hash ^ ((const volatile uint64_t *)bytes)[i]) * 0x9e3779b97f4a7c15;
    return hash ^ hash >> 32;
}

struct rival {
    uint64_t seed;               // The same for all, and another one in each run.
    volatile uint64_t progress;  // How far the work is, if it says so.
    void *volatile memory;       // What is worked on, if it says so; it must stay.
    size_t size;
    uint64_t result;
    uint64_t seen;
};

static struct rival rivals[thread_limit];
static int rival_count;
static uint64_t (*rival_work)(struct rival *self);

// Whoever is done looks at what the others have so far: a thread stopped elsewhere than it was shows in the output.
static inline void *rival_main(void *argument) {
    struct rival *self = &rivals[(intptr_t)argument];
    await_threads(rival_count);
    self->result = rival_work(self);
    for (struct rival *other = rivals; other < rivals + rival_count; other++) {
        self->seen = self->seen * 31 + other->progress;
        if (other->memory != NULL) self->seen = self->seen * 31 + hash_words(other->memory, other->size);
    }
    return NULL;
}

// Runs `work` in `count` threads at the same time; it depends on the seed alone, so all must have the same result.
static inline void compete(int count, uint64_t (*work)(struct rival *self)) {
    rival_count = count, rival_work = work;
    uint64_t seed = guest_random() | 1;
    for (int i = 0; i < count; i++) rivals[i].seed = seed;
    run_threads(count, rival_main);
    printf("result %016lx\n", rivals[0].result);
    for (int i = 0; i < count; i++) {
        CHECK(rivals[i].result == rivals[0].result);
        printf("rival %d saw %016lx\n", i, rivals[i].seen);
    }
}

#endif
