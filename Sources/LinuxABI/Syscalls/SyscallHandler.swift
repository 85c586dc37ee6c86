/// System calls whose effects are more than registers and memory, and which the recorder therefore knows by name.
package enum SyscallHandler: Hashable, Sendable, CaseIterable {
    // Memory mappings.
    /// mmap(2): MAP_DROPPABLE and device mappings are refused, the reserved pages are kept free.
    case mmap
    case munmap
    /// mprotect(2) and pkey_mprotect(2).
    case mprotect
    case mremap
    case brk
    /// madvise(2): MADV_FREE is refused.
    case madvise
    /// process_madvise(2): advice to another process's memory.
    case processMadvise
    case shmat
    case shmdt

    // Processes and threads.
    case clone
    case clone3
    case fork
    case vfork
    /// execve(2) and execveat(2).
    case exec
    case exit
    case exitGroup
    /// set_tid_address(2): the word that the kernel clears when the thread ends.
    case setTidAddress
    /// set_robust_list(2): the list whose futexes the kernel marks when the thread ends.
    case setRobustList
    /// personality(2): READ_IMPLIES_EXEC changes the protection of later mappings.
    case personality
    /// unshare(2) and setns(2): a new pid namespace changes the ids that children see;
    /// the rest is the kernel's business.
    case namespace

    // Signals.
    case sigreturn
    case sigaction
    /// restart_syscall(2): goes on with the interrupted call, whose outputs apply.
    case restart

    // What xrr pins or hides.
    case schedSetaffinity
    case schedGetaffinity
    /// setpriority(2), sched_setparam(2), sched_setscheduler(2), sched_setattr(2): remembered, never applied.
    case setScheduling
    /// getpriority(2), sched_getparam(2), sched_getscheduler(2), sched_getattr(2): answer what was remembered.
    case getScheduling
    /// prctl(2) PR_SET_TSC and PR_GET_TSC: xrr has rdtsc trap.
    case timestampCounter
    /// prctl(2) PR_SET_NO_NEW_PRIVS and PR_GET_NO_NEW_PRIVS: xrr's filter needed it set.
    case noNewPrivileges
    /// prctl(2) PR_SET_DUMPABLE and PR_GET_DUMPABLE: a process that is not dumpable hides its memory from the tracer.
    case dumpable

    // Others.
    /// seccomp(2), prctl(2) PR_SET_SECCOMP and PR_GET_SECCOMP: the tracee's filters are the recorder's business.
    case seccomp
    /// process_vm_writev(2): writes the memory of another process, which may be a tracee.
    case processVMWrite
}
