// System V shared memory: attached twice here and once in a child.
#include "guest.h"

#include <sys/shm.h>

int main(void) {
    int id = shmget(IPC_PRIVATE, 10000, IPC_CREAT | 0600);
    CHECK(id >= 0);
    volatile char *one = shmat(id, NULL, 0), *two = shmat(id, NULL, SHM_RDONLY);
    CHECK(one != (char *)-1 && two != (char *)-1 && one != two);
    pid_t child = fork();
    CHECK(child >= 0);
    if (child == 0) {
        CHECK(shmdt((void *)one) == 0);
        volatile char *own = shmat(id, NULL, 0);
        CHECK(own != (char *)-1);
        snprintf((char *)own + 5000, 100, "written by %d", getpid());
        _exit(0);
    }
    CHECK(guest_wait_exit(child) == 0);
    struct shmid_ds state;
    CHECK(shmctl(id, IPC_STAT, &state) == 0);
    CHECK(state.shm_segsz == 10000 && state.shm_nattch == 2 && state.shm_lpid == child);
    CHECK(shmctl(id, IPC_RMID, NULL) == 0);
    one[0] = 'x';
    CHECK(two[0] == 'x');
    printf("segment %d at %p: %s\n", id, (void *)one, (char *)two + 5000);
    CHECK(shmdt((void *)one) == 0 && shmdt((void *)two) == 0);
    return guest_success();
}
