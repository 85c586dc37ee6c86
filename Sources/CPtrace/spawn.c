// Everything between fork and exec: only async-signal-safe calls, since the parent may have other threads.
#define _GNU_SOURCE
#include "cptrace.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/rseq.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define LOAD_HIGH(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field) + 4)
#define UNLESS(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), 0, skip)
#define WHEN(value, skip) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(value), skip, 0)
#define RETURN(value) BPF_STMT(BPF_RET | BPF_K, value)

static int install_filter(struct sock_filter *instructions, unsigned short count) {
    struct sock_fprog program = {count, instructions};
    // Without CAP_SYS_ADMIN a filter needs no_new_privs; with it the tracee is spared the difference.
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
        return 0;
    if (errno != EACCES || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == -1)
        return -errno;
    return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0 ? 0 : -errno;
}

// Traces every system call but those made from the one let-through address. A tracer that wants the kernel to answer a
// traced call as a filter would moves the instruction pointer: the kernel asks the filters again after the stop.
static int install_record_filter(uint64_t let_through) {
    struct sock_filter instructions[] = {
        LOAD_HIGH(instruction_pointer),
        UNLESS(let_through >> 32, 5),
        LOAD(instruction_pointer),
        WHEN(let_through, 7),
        WHEN(let_through + CPTRACE_ANSWER_TRAP, 7),
        WHEN(let_through + CPTRACE_ANSWER_KILL_THREAD, 7),
        WHEN(let_through + CPTRACE_ANSWER_KILL_PROCESS, 7),
        LOAD(arch),
        UNLESS(AUDIT_ARCH_X86_64, 1),
        RETURN(SECCOMP_RET_TRACE),
        RETURN(SECCOMP_RET_TRACE | CPTRACE_TRACE_FOREIGN),
        RETURN(SECCOMP_RET_ALLOW),
        RETURN(SECCOMP_RET_TRAP),
        RETURN(SECCOMP_RET_KILL_THREAD),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    return install_filter(instructions, sizeof instructions / sizeof *instructions);
}

// A replayed tracee makes no call of its own (PTRACE_SYSEMU comes first). What the replayer makes it call shapes
// memory or starts a thread, comes from one of two instructions, and is traced, as are the calls of the vsyscall page, which
// PTRACE_SYSEMU does not stop; anything else is the work of a hostile or damaged recording.
static int install_replay_filter(uint64_t let_through, uint64_t own) {
    struct sock_filter instructions[] = {
        LOAD(arch),
        UNLESS(AUDIT_ARCH_X86_64, 22),
        LOAD_HIGH(instruction_pointer),
        UNLESS(CPTRACE_VSYSCALL_HIGH, 4),
        LOAD(nr),
        WHEN(SYS_gettimeofday, 17),
        WHEN(SYS_time, 16),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_getcpu, 15, 16),
        LOAD(instruction_pointer),
        WHEN(let_through, 3),
        UNLESS(own, 13),
        LOAD_HIGH(instruction_pointer),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, (uint32_t)(own >> 32), 2, 11),
        LOAD_HIGH(instruction_pointer),
        UNLESS(let_through >> 32, 9),
        LOAD(nr),
        WHEN(SYS_mmap, 6),
        WHEN(SYS_munmap, 5),
        WHEN(SYS_mprotect, 4),
        WHEN(SYS_mremap, 3),
        WHEN(SYS_madvise, 2),
        WHEN(SYS_clone, 1),
        UNLESS(SYS_exit, 1),
        RETURN(SECCOMP_RET_TRACE),
        RETURN(SECCOMP_RET_KILL_PROCESS),
    };
    return install_filter(instructions, sizeof instructions / sizeof *instructions);
}

static void wait_for_byte(int fd) {
    char byte;
    while (read(fd, &byte, 1) == -1 && errno == EINTR)
        ;
}

// By the system call: glibc's sigaction(3) does not touch the two signals that it keeps for itself.
static void restore_signals(uint64_t ignored, uint64_t mask) {
    for (int number = 1; number < NSIG; number++) {
        if (number == SIGKILL || number == SIGSTOP)
            continue;
        // struct sigaction of the kernel: handler, flags, restorer, mask.
        uint64_t action[4] = {(uint64_t)(ignored >> (number - 1) & 1 ? SIG_IGN : SIG_DFL)};
        syscall(SYS_rt_sigaction, number, action, NULL, sizeof mask);
    }
    syscall(SYS_rt_sigprocmask, SIG_SETMASK, &mask, NULL, sizeof mask);
}

// Lets a child go once it is seized; gives up on it otherwise.
static int32_t seize(pid_t child, int pipe_write, uint64_t ptrace_options) {
    long seized = ptrace(PTRACE_SEIZE, child, 0, ptrace_options);
    int error = errno;
    if (seized == -1)
        kill(child, SIGKILL);
    close(pipe_write);
    if (seized == -1) {
        waitpid(child, NULL, __WALL);
        return -error;
    }
    return child;
}

// A child that is to wait for a byte, or for the end, of a pipe: 0 in the child, its id in the parent, or -errno.
static pid_t fork_behind_gate(unsigned long flags, int gate[2]) {
    if (pipe2(gate, O_CLOEXEC) == -1)
        return -errno;
    pid_t child = flags == 0 ? fork() : (pid_t)syscall(SYS_clone, flags | SIGCHLD, 0, 0, 0, 0);
    if (child != -1)
        return child;
    int error = errno;
    close(gate[0]);
    close(gate[1]);
    return -error;
}

int32_t cptrace_spawn(const struct cptrace_spawn_options *options) {
    int gate[2];
    pid_t child = fork_behind_gate(0, gate);
    if (child < 0)
        return child;
    if (child == 0) {
        close(gate[1]);
        wait_for_byte(gate[0]);
        close(gate[0]);
        cptrace_restore_descriptor_limit();
        if (options->directory && chdir(options->directory) == -1)
            _exit(CPTRACE_EXIT_SETUP);
        if (prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0) == -1)
            _exit(CPTRACE_EXIT_TSC);
        if (options->cpu >= 0)
            cptrace_bind_to_core(options->cpu);
        restore_signals(options->ignored, options->mask);
        // Late: what follows must not use vector registers that are gone. Before the filter, which traces all calls, and
        // before exec, which tells the program the size of signal frames.
        if (options->xcr0 && syscall(SYS_arch_prctl, CPTRACE_ARCH_SET_XCR0, options->xcr0) == -1)
            _exit(CPTRACE_EXIT_XCR0);
        if (install_record_filter(options->let_through) < 0)
            _exit(CPTRACE_EXIT_SETUP);
        execve(options->path, options->argv, options->envp);
        _exit(127);
    }
    close(gate[0]);
    return seize(child, gate[1], options->ptrace_options);
}

// A `syscall` with a known address, through which a stub is told to replace its own memory.
__asm__(".pushsection .text\n"
        ".globl cptrace_syscall_site\n"
        ".type cptrace_syscall_site, @function\n"
        "cptrace_syscall_site: syscall\n"
        "int3\n"
        ".popsection\n");
extern const char cptrace_syscall_site[];

uint64_t cptrace_syscall_instruction(void) { return (uint64_t)cptrace_syscall_site; }

// libc's restartable-sequences area is about to be unmapped: a kernel that still writes to it kills the thread.
static void unregister_rseq(void) {
    char *area = (char *)__builtin_thread_pointer() + __rseq_offset;
    if (syscall(SYS_rseq, area, 32, RSEQ_FLAG_UNREGISTER, RSEQ_SIG) == -1)
        syscall(SYS_rseq, area, __rseq_size, RSEQ_FLAG_UNREGISTER, RSEQ_SIG);
}

// A recording can ask for more memory than there is; a replay can be repeated, unlike what else runs here.
void cptrace_offer_to_oom_killer(void) {
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
    if (fd == -1)
        return;
    // Best effort: it is a precaution.
    if (write(fd, "1000", 4) == -1)
        errno = 0;
    close(fd);
}

int32_t cptrace_spawn_stub(uint64_t ptrace_options, uint64_t let_through, int32_t cpu) {
    int gate[2];
    // CLONE_FILES: descriptors that the replayer opens later are the stub's as well, so that it can map them.
    pid_t child = fork_behind_gate(CLONE_FILES, gate);
    if (child < 0)
        return child;
    if (child == 0) {
        // The descriptor table is shared: the parent alone closes the gate.
        wait_for_byte(gate[0]);
        prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
        prctl(PR_SET_TSC, PR_TSC_SIGSEGV, 0, 0, 0);
        unregister_rseq();
        struct rlimit core = {0, 0};
        setrlimit(RLIMIT_CORE, &core);
        if (cpu >= 0)
            cptrace_bind_to_core(cpu);
        // What a terminal or a user sends is not for the replayed program: it stays pending. The kernel raises signals
        // of the processor all the same.
        restore_signals(0, ~0ull);
        cptrace_offer_to_oom_killer();
        if (install_replay_filter(let_through, cptrace_syscall_instruction() + 2) < 0)
            __asm__ volatile("ud2");
        __asm__ volatile("int3");
        __builtin_unreachable();
    }
    long seized = ptrace(PTRACE_SEIZE, child, 0, ptrace_options);
    int error = errno;
    if (seized == -1)
        kill(child, SIGKILL);
    else if (write(gate[1], "", 1) != 1)
        kill(child, SIGKILL);
    int status;
    pid_t found;
    while ((found = waitpid(child, &status, __WALL)) == -1 && errno == EINTR)
        ;
    close(gate[0]);
    close(gate[1]);
    if (seized == -1)
        return -error;
    if (found != child || !WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP) {
        cptrace_kill_and_reap(child);
        return -EPERM;
    }
    return child;
}
