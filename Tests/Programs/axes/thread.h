// Included in front of a guest program (cc -include): an idle thread sleeps beside it from its start on, in every image of
// it. No signal reaches it.
#ifndef AXIS_THREAD_H
#define AXIS_THREAD_H

#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

static void *axis_sleep(void *none) {
    for (;;) pause();
    return none;
}

__attribute__((constructor)) static void axis_start_thread(void) {
    sigset_t all, before;
    pthread_t thread;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    if (pthread_create(&thread, NULL, axis_sleep, NULL) != 0) _exit(125);
    pthread_detach(thread);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
}

#endif
