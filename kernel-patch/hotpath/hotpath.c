/*
 * hotpath
 *
 * Prints what some operations cost, in instructions, kernel and program together: lines `NAME INSTRUCTIONS`. It is to be
 * run in a machine of Lab/run --icount, where RDTSC counts instructions; elsewhere the figures are cycles. Each figure
 * is the median of many samples, so that the timer's interrupts, which fall into some of them, do not matter.
 *
 *   getppid   a system call that does nothing
 *   pipe      a byte to another process and one back
 *   signal    a signal to oneself: sent, handled, returned from
 *   fork      a child that exits at once, and is waited for
 *   ptrace    a stop of a traced process at a system call, PTRACE_SYSCALL to the next
 */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { most_samples = 401 };

static int to_other[2], from_other[2];
static pid_t tracee;

static uint64_t cycles(void)
{
	uint32_t low, high;

	__asm__ volatile("rdtsc" : "=a"(low), "=d"(high));
	return (uint64_t)high << 32 | low;
}

static void fail(const char *what)
{
	perror(what);
	exit(1);
}

static void do_getppid(void)
{
	long result;

	__asm__ volatile("syscall" : "=a"(result) : "a"(SYS_getppid) : "rcx", "r11", "memory");
}

static void do_pipe(void)
{
	char byte = 1;

	if (write(to_other[1], &byte, 1) != 1 || read(from_other[0], &byte, 1) != 1)
		fail("pipe");
}

static void on_signal(int number)
{
	(void)number;
}

static void do_signal(void)
{
	if (raise(SIGUSR1) != 0)
		fail("raise");
}

static void do_fork(void)
{
	pid_t child = fork();

	if (child == 0)
		_exit(0);
	if (child < 0 || waitpid(child, NULL, 0) != child)
		fail("fork");
}

static void do_ptrace(void)
{
	if (ptrace(PTRACE_SYSCALL, tracee, 0, 0) != 0 || waitpid(tracee, NULL, 0) != tracee)
		fail("ptrace");
}

static int compare(const void *left, const void *right)
{
	uint64_t a = *(const uint64_t *)left, b = *(const uint64_t *)right;

	return (a > b) - (a < b);
}

/* A sample is short beside the timer's period, 4 million instructions. */
static void measure(const char *name, void (*operation)(void), int samples, int operations)
{
	static uint64_t taken[most_samples];

	for (int sample = -samples / 4; sample < samples; sample++) {
		uint64_t start = cycles();

		for (int i = 0; i < operations; i++)
			operation();
		taken[sample < 0 ? 0 : sample] = cycles() - start;
	}
	qsort(taken, (size_t)samples, sizeof(taken[0]), compare);
	printf("%s %.2f\n", name, (double)taken[samples / 2] / operations);
	fflush(stdout);
}

int main(int count, char **words)
{
	pid_t other;

	(void)count;
	/* Where the stack and the heap are decides how many page tables fork copies. */
	if (!(personality(0xffffffff) & ADDR_NO_RANDOMIZE)) {
		personality(ADDR_NO_RANDOMIZE);
		execv("/proc/self/exe", words);
		fail("execv");
	}

	measure("getppid", do_getppid, 201, 1000);

	if (pipe(to_other) != 0 || pipe(from_other) != 0)
		fail("pipe");
	other = fork();
	if (other == 0) {
		char byte;

		while (read(to_other[0], &byte, 1) == 1 && write(from_other[1], &byte, 1) == 1)
			;
		_exit(0);
	}
	measure("pipe", do_pipe, 401, 20);
	kill(other, SIGKILL);
	waitpid(other, NULL, 0);

	signal(SIGUSR1, on_signal);
	measure("signal", do_signal, 401, 20);
	measure("fork", do_fork, 401, 1);

	tracee = fork();
	if (tracee == 0) {
		if (ptrace(PTRACE_TRACEME, 0, 0, 0) != 0)
			_exit(1);
		raise(SIGSTOP);
		for (;;)
			do_getppid();
	}
	if (tracee < 0 || waitpid(tracee, NULL, 0) != tracee)
		fail("ptrace");
	measure("ptrace", do_ptrace, 401, 20);
	kill(tracee, SIGKILL);
	waitpid(tracee, NULL, 0);
	return 0;
}
