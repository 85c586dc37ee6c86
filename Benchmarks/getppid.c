// One million system calls that do nothing: what a traced call costs.
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

int main(int argc, char **argv) {
    long count = argc > 1 ? atol(argv[1]) : 1000000;
    long sum = 0;
    for (long i = 0; i < count; i++)
        sum += syscall(SYS_getppid) > 0;
    printf("%ld\n", sum);
    return 0;
}
