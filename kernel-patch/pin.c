/*
 * pin MASK COMMAND [ARGS...]
 * pin --get
 *
 * Sets the XCR0 of this thread by arch_prctl(ARCH_SET_XCR0) and becomes COMMAND, which keeps it. MASK is a number, or
 * `full`: what the kernel has enabled, which takes a pin away. --get prints the XCR0 that this program was started with.
 *
 * Exit status: the command's; 64 for a wrong command line; 95 if the kernel does not know ARCH_SET_XCR0; 126 if the mask
 * is refused; 127 if there is no such command.
 */
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

enum { set_xcr0 = 0x6001, get_xcr0 = 0x6002 };

extern char **environ;

/* The file that COMMAND stands for, as execvp(3) would find it. */
static const char *file_of(const char *command)
{
	static char path[4096];
	const char *directories = getenv("PATH");
	size_t length;

	if (strchr(command, '/') != NULL || directories == NULL)
		return command;
	for (;; directories += length + 1) {
		length = strcspn(directories, ":");
		snprintf(path, sizeof(path), "%.*s/%s", (int)length, directories, command);
		if (access(path, X_OK) == 0)
			return path;
		if (directories[length] == '\0')
			return command;
	}
}

int main(int count, char **words)
{
	static const char failure[] = "pin: the command cannot be executed\n";
	const char *file;
	uint64_t mask = 0;
	char *end = "";

	if (count < 2 || (count == 2 && strcmp(words[1], "--get") != 0)) {
		fprintf(stderr, "usage: pin MASK COMMAND [ARGS...] | pin --get\n");
		return 64;
	}
	if (syscall(SYS_arch_prctl, get_xcr0, &mask) != 0) {
		fprintf(stderr, "pin: ARCH_GET_XCR0: %s\n", strerror(errno));
		return 95;
	}
	if (count == 2) {
		printf("0x%llx\n", (unsigned long long)mask);
		return 0;
	}
	/* Of a thread that is pinned already, this is its pin: then nothing changes. */
	if (strcmp(words[1], "full") != 0)
		mask = strtoull(words[1], &end, 0);
	if (*end != '\0') {
		fprintf(stderr, "pin: %s is no mask\n", words[1]);
		return 64;
	}
	file = file_of(words[2]);
	if (syscall(SYS_arch_prctl, set_xcr0, mask) != 0) {
		fprintf(stderr, "pin: ARCH_SET_XCR0 to %s: %s\n", words[1], strerror(errno));
		return 126;
	}
	/*
	 * The C library has chosen its string functions by the XCR0 of the start: from here on, none of those is called.
	 */
	syscall(SYS_execve, file, words + 2, environ);
	if (write(2, failure, sizeof(failure) - 1) < 0)
		return 126;
	return 127;
}
