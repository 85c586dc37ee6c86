// The kernel boundary of xrr: thin wrappers that return a value or -errno and hold no policy.
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "cptrace_probe.h"

// What a wait reported. `tid` is 0 when nothing was there.
struct cptrace_wait_result {
    int32_t tid;
    int32_t status;
};

// How to start the first tracee.
struct cptrace_spawn_options {
    const char *path;        // what execve(2) is given
    char *const *argv;
    char *const *envp;
    const char *directory;   // chdir before exec, or NULL
    uint64_t let_through;    // address behind the only `syscall` that the filter does not trace
    uint64_t ignored;        // signals to leave ignored in the tracee, bit n-1 for signal n
    uint64_t mask;           // signal mask of the tracee
    uint64_t ptrace_options; // PTRACE_O_*
    int32_t cpu;             // core to bind to, or -1
    uint64_t xcr0;           // what the kernel is to pin XCR0 to (ARCH_SET_XCR0), or 0
};

// How a spawned child exits that could not set itself up: prctl(2), seccomp(2); arch_prctl(2) ARCH_SET_XCR0; prctl(2)
// PR_SET_TSC.
#define CPTRACE_EXIT_SETUP 125
#define CPTRACE_EXIT_XCR0 124
#define CPTRACE_EXIT_TSC 123

// Instruction pointers, counted from `let_through`, for which the recording filter answers a call instead of tracing it.
#define CPTRACE_ANSWER_TRAP 0x40
#define CPTRACE_ANSWER_KILL_THREAD 0x41
#define CPTRACE_ANSWER_KILL_PROCESS 0x42
// One that the recording filter does not know: for filters that a recorder changes.
#define CPTRACE_ANSWER_NOTIFY 0x43
// The message of PTRACE_EVENT_SECCOMP for a call that was not made as a 64-bit one.
#define CPTRACE_TRACE_FOREIGN 1
// The upper half of the addresses of the vsyscall page.
#define CPTRACE_VSYSCALL_HIGH 0xffffffffu

// The address and length of memory of this process.
struct cptrace_file_identity {
    uint64_t device, inode, size;
    int64_t modified_ns, changed_ns;
    uint32_t mode;
    uint64_t special_device;
    uint32_t user_id, group_id;
};

#define CPTRACE_MAX_XSTATE 16384
#define CPTRACE_FXSTATE 512

// --- starting tracees (spawn.c)
// Starts a process that is seized before it executes `path` under xrr's recording filter. Returns its pid.
int32_t cptrace_spawn(const struct cptrace_spawn_options *options);
// Starts a confined copy of this process that shares its descriptors, seized and waiting at a ptrace-stop to be
// emptied and refilled by the caller. Returns its pid. `cpu` as above. System calls are possible, and traced, from the
// `syscall` below alone and from that which `let_through` is the address behind.
int32_t cptrace_spawn_stub(uint64_t ptrace_options, uint64_t let_through, int32_t cpu);
// The address of a `syscall` instruction in this process, valid in a stub until it is emptied.
uint64_t cptrace_syscall_instruction(void);

// --- ptrace(2) (ptrace.c)
int32_t cptrace_resume(int32_t tid, int32_t request, int32_t signal);
int32_t cptrace_interrupt(int32_t tid);
// Stops the thread with SIGTRAP before it executes the instruction at an address, by a debug register; 0 ends that.
int32_t cptrace_set_breakpoint(int32_t tid, uint64_t address);
int32_t cptrace_listen(int32_t tid);
int32_t cptrace_detach(int32_t tid);
int32_t cptrace_get_registers(int32_t tid, void *registers);
int32_t cptrace_set_registers(int32_t tid, const void *registers);
// NT_X86_XSTATE: bytes filled, or -errno; -ENODEV where the kernel uses no XSAVE.
int64_t cptrace_get_xstate(int32_t tid, void *bytes, size_t capacity);
int32_t cptrace_set_xstate(int32_t tid, const void *bytes, size_t length);
// NT_PRFPREG, which is what FXSAVE stores (struct user_fpregs_struct): CPTRACE_FXSTATE bytes on every x86-64 machine.
int64_t cptrace_get_fxstate(int32_t tid, void *bytes);
int32_t cptrace_set_fxstate(int32_t tid, const void *bytes);
int32_t cptrace_get_event_message(int32_t tid, uint64_t *message);
int32_t cptrace_get_signal_info(int32_t tid, void *info /* 128 bytes */);
int32_t cptrace_set_signal_info(int32_t tid, const void *info /* 128 bytes */);
int32_t cptrace_get_signal_mask(int32_t tid, uint64_t *mask);
int32_t cptrace_set_signal_mask(int32_t tid, uint64_t mask);
// PTRACE_ARCH_PRCTL with ARCH_GET_XCR0 and ARCH_SET_XCR0, which kernel-patch/ adds: -EINVAL on kernels without it.
int32_t cptrace_get_xcr0(int32_t tid, uint64_t *mask);
int32_t cptrace_set_xcr0(int32_t tid, uint64_t mask);

// wait4(2) with __WALL for any tracee (tid -1) or one thread. -EINTR is returned, not retried.
int32_t cptrace_wait(int32_t tid, bool block, struct cptrace_wait_result *result);

// --- memory of a tracee (memory.c)
int32_t cptrace_open_memory(int32_t tid);
int64_t cptrace_read_memory(int32_t fd, uint64_t address, void *bytes, size_t length);
// The same by process_vm_readv(2), which takes half the time for large pieces but reads only what the thread could.
int64_t cptrace_read_memory_of(int32_t tid, uint64_t address, void *bytes, size_t length);
int64_t cptrace_write_memory_of(int32_t tid, uint64_t address, const void *bytes, size_t length);
int64_t cptrace_write_memory(int32_t fd, uint64_t address, const void *bytes, size_t length);
int32_t cptrace_close(int32_t fd);

// --- this process and others (process.c)
int32_t cptrace_kill_thread(int32_t process, int32_t tid, int32_t signal);
int32_t cptrace_kill(int32_t process, int32_t signal);
// The state letter of /proc/TID/stat, 0 if the thread is gone.
int32_t cptrace_thread_state(int32_t tid);
// SigBlk, SigIgn and SigCgt of /proc/TID/status; `pending` is SigPnd | ShdPnd.
int32_t cptrace_signal_sets(int32_t tid, uint64_t *blocked, uint64_t *ignored, uint64_t *caught, uint64_t *pending);
// Whether a process is the first of its PID namespace.
bool cptrace_is_namespace_init(int32_t pid);
// Keeps a descriptor back for `cptrace_read_file` where this process has no other left.
void cptrace_keep_spare_descriptor(void);
// The whole of a small file such as /proc/PID/maps; bytes read or -errno (-E2BIG if it does not fit).
int64_t cptrace_read_file(const char *path, void *bytes, size_t capacity);
int64_t cptrace_read_link(const char *path, void *bytes, size_t capacity);
// Whether the file that a process executes has a set-user-id or set-group-id bit or capabilities (execve(2)) that have not
// taken effect, though nothing but its being traced speaks against that: 1, 0, or -errno.
int32_t cptrace_lacks_file_privileges(int32_t tid);
// Identity of an open descriptor of another process. Follows /proc/TID/fd/FD.
int32_t cptrace_descriptor_identity(int32_t tid, int32_t fd, struct cptrace_file_identity *identity);
// open(2) of what another process's descriptor refers to.
int32_t cptrace_open_descriptor(int32_t tid, int32_t fd);
int32_t cptrace_open_read_only(const char *path);
int32_t cptrace_path_identity(const char *path, struct cptrace_file_identity *identity);
int32_t cptrace_file_identity_of(int32_t fd, struct cptrace_file_identity *identity);
// kcmp(2) KCMP_FILE: 1 the same open file description, 0 not, or -errno.
int32_t cptrace_same_open_file(int32_t tid, int32_t fd, int32_t own_fd);
// Opens a second descriptor of another process's open file: pidfd_getfd(2).
bool cptrace_is_privileged(void);
uint32_t cptrace_user_id(void);
int32_t cptrace_process_id(void);
// The environment of this process: environ(7).
char *const *cptrace_environment(void);
// access(2) X_OK for a regular file: 0, -ENOENT or -EACCES.
int32_t cptrace_executability(const char *path);
int32_t cptrace_bind_to_core(int32_t cpu);
int32_t cptrace_bind_thread_to_core(int32_t tid, int32_t cpu);
// sched_setaffinity(2) of the calling thread, with a mask as cptrace_affinity_mask delivers it.
int32_t cptrace_set_affinity_mask(const void *bytes, size_t length);
int32_t cptrace_affinity_mask(void *bytes, size_t capacity);
int32_t cptrace_current_core(void);
void cptrace_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);
// XGETBV(0), or 0 where CPUID does not show OSXSAVE.
uint64_t cptrace_read_xcr0(void);
// The bits that MXCSR may have, as FXSAVE shows them.
uint32_t cptrace_mxcsr_mask(void);
int64_t cptrace_monotonic_ns(void);
int64_t cptrace_realtime_ns(void);
// The soft RLIMIT_STACK of a process (0: this one), all ones for "unlimited" or if it cannot be read.
uint64_t cptrace_stack_limit(int32_t process);
// Sets it, at the most to the hard limit: prlimit(2).
int32_t cptrace_set_stack_limit(int32_t process, uint64_t bytes);
void cptrace_kernel_release(char *buffer, size_t capacity);
int32_t cptrace_kill_and_reap(int32_t pid);

// --- the time stamp counter (timestamp.c)
// Makes RDTSC trap in this thread as it does in tracees, which makes switching between them cheaper. A handler of SIGSEGV
// stays, which executes the instruction for all code that is not written for this.
int32_t cptrace_give_up_tsc(void);
void cptrace_take_back_tsc(void);
// The counter, also where it was given up.
uint64_t cptrace_read_tsc(void);
uint64_t cptrace_read_tscp(uint32_t *auxiliary);

// --- this process (process.c, spawn.c)
// Makes this process, and what it starts, the first that the kernel ends when memory is short: proc(5), oom_score_adj.
void cptrace_offer_to_oom_killer(void);
// Ends a pin of this process's own XCR0, given all that the kernel enables, and executes the program anew, since libraries
// have chosen code and sizes by the old value. Returns -errno where that is not all, and on kernels without the pin.
int32_t cptrace_restart_with_xcr0(uint64_t full, char *const *argv);
// Takes the descriptors 0 to 2 that are not open, so that no file of ours gets such a number and is then taken for
// standard input or output. What takes them is closed on exec and answers EBADF, as if nothing were there.
void cptrace_reserve_standard_streams(void);
// Raises the soft RLIMIT_NOFILE to the hard limit.
void cptrace_raise_descriptor_limit(void);
// Makes it what it was; for a child before execve(2).
void cptrace_restore_descriptor_limit(void);
// The process that traces this one, 0 if none does.
int32_t cptrace_tracer(void);
// The vsyscall page's calls, as the kernel would answer them: getcpu(2), and gettimeofday(2)'s time zone (8 bytes).
void cptrace_cpu_and_node(uint32_t *cpu, uint32_t *node);
void cptrace_time_zone(int32_t zone[2]);

// --- shared regions (process.c)
int32_t cptrace_memfd(const char *name, uint64_t length);
int32_t cptrace_truncate(int32_t fd, uint64_t length);
int64_t cptrace_write_at(int32_t fd, const void *bytes, size_t length, uint64_t offset);
int64_t cptrace_write_all(int32_t fd, const void *bytes, size_t length);
// Bytes of a System V shared memory segment of this IPC namespace.
int64_t cptrace_segment_length(int32_t id);

// --- files and memory by what they hold (sparse.c)
// Copies the data of the first `length` bytes of `source` to the same places of `target`; what is zero is left out.
int32_t cptrace_copy_to(int32_t target, int32_t source, uint64_t length);
// The first stretch of data of a file that does not end before `offset`: 1, or 0 if there is none. The descriptor's
// position stays.
int32_t cptrace_next_data(int32_t fd, uint64_t offset, uint64_t *start, uint64_t *end);
// Whether a file is on tmpfs, ramfs or hugetlbfs.
int32_t cptrace_lives_in_memory(int32_t fd);
int32_t cptrace_punch_hole(int32_t fd, uint64_t offset, uint64_t length);

// --- signals of the recorder itself (signals.c)
// Makes waits return -EINTR at least every `interval_us`, 0 to switch it off. The recorder's own SIGALRM is used.
int32_t cptrace_set_ticker(int64_t interval_us, int64_t first_us);
// Prepares the recorder: ignores SIGINT, SIGQUIT, SIGHUP, SIGPIPE and SIGXFSZ, notes SIGTERM. Stores what the
// tracee has to inherit instead.
int32_t cptrace_prepare_signals(uint64_t *inherited_ignored, uint64_t *inherited_mask);
// The number of SIGTERM seen since the last call.
int32_t cptrace_take_termination_requests(void);
// Whether the ticker rang since the last call.
bool cptrace_take_tick(void);
void cptrace_yield(void);

// --- which pages a tracee writes (writes.c)
struct cptrace_page_run {
    uint64_t start, end, categories;
};

// A copy of another process's descriptor: pidfd_getfd(2).
int32_t cptrace_take_descriptor(int32_t pid, int32_t fd);
// Makes a fresh userfaultfd track writes asynchronously. -EINVAL where the kernel cannot.
int32_t cptrace_track_writes(int32_t uffd);
// Tracks writes to one mapping from now on.
int32_t cptrace_track_writes_to(int32_t uffd, uint64_t start, uint64_t length);
// The pages of a tracked range that were written since the last call, whose tracking begins anew. Returns the number
// of runs; *reached is where the search ended. -EPERM if part of the range is not tracked.
int64_t cptrace_take_written(int32_t pagemap, uint64_t start, uint64_t end, struct cptrace_page_run *runs,
                             size_t capacity, uint64_t *reached);

// --- which pages there are (sparse.c)
enum cptrace_pages {
    CPTRACE_PAGES_PRESENT,   // in memory or swapped out
    CPTRACE_PAGES_ANONYMOUS, // those of them that are not, or no longer, a file's
    CPTRACE_PAGES_GUARDED,   // made inaccessible by MADV_GUARD_INSTALL
};
// The pages of a range, as /proc/PID/pagemap (`pagemap`) tells. Returns the number of runs; *reached is where the search
// ended. -ENOTTY before Linux 6.7; -EINVAL for guards before 6.15, where files have none.
int64_t cptrace_scan_pages(int32_t pagemap, uint64_t start, uint64_t end, enum cptrace_pages which,
                           struct cptrace_page_run *runs, size_t capacity, uint64_t *reached);
