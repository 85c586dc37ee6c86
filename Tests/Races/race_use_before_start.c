// A planted race: a thread uses what its creator sets up only after pthread_create, without any synchronisation.
//
// The thread has 20 ms to compute first; so the race shows only if its creator is kept from running that long.
// libs: -lpthread
#include "../Programs/compete.h"

static const char *volatile greeting;
static volatile uint64_t work_done[2];

static void compute(intptr_t own, int turns) {
    for (int i = 0; i < turns; i++) work_done[own] = work_done[own] * 6364136223846793005 + 1;
}

static void *work(void *argument) {
    compute(1, 10000000);
    const char *text = greeting;
    if (text == NULL) {
        printf("RACE: the greeting is not there yet\n");
        _exit(1);
    }
    printf("%s\n", text);
    return argument;
}

int main(void) {
    pthread_t thread;
    CHECK(pthread_create(&thread, NULL, work, NULL) == 0);
    compute(0, 20000);  // What takes a moment: a file to be read, a catalog to be looked up.
    greeting = "hello";
    CHECK(pthread_join(thread, NULL) == 0);
    return guest_success();
}
