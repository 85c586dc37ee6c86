/// fcntl(2), prctl(2) and arch_prctl(2).
extension SyscallTable {
    static let control: [SyscallDescription] = [
        .select(.fcntl, by: 1, fcntlCommands, otherwise: .refused(.EINVAL)),
        .select(.prctl, by: 0, prctlOptions, otherwise: .refused(.EINVAL)),
        .select(.arch_prctl, by: 0, archPrctlCodes, otherwise: .refused(.EINVAL)),
    ]

    /// include/uapi/asm-generic/fcntl.h and include/uapi/linux/fcntl.h.
    private static let fcntlCommands: [Selection.Case] = [
        .named("F_DUPFD", 0),
        .named("F_GETFD", 1),
        .named("F_SETFD", 2),
        .named("F_GETFL", 3),
        .named("F_SETFL", 4),
        .named("F_GETLK", 5, .waitsForDisk, .inOut(2, 32)),
        .named("F_SETLK", 6, .waitsForDisk),
        .named("F_SETLKW", 7, .blocks),
        .named("F_SETOWN", 8),
        .named("F_GETOWN", 9),
        .named("F_SETSIG", 10),
        .named("F_GETSIG", 11),
        .named("F_SETOWN_EX", 15),
        .named("F_GETOWN_EX", 16, .out(2, 8)),
        .named("F_GETOWNER_UIDS", 17, .out(2, 8)),
        .named("F_OFD_GETLK", 36, .waitsForDisk, .inOut(2, 32)),
        .named("F_OFD_SETLK", 37, .waitsForDisk),
        .named("F_OFD_SETLKW", 38, .blocks),
        .named("F_SETLEASE", 1024),
        .named("F_GETLEASE", 1025),
        .named("F_NOTIFY", 1026),
        .named("F_DUPFD_QUERY", 1027),
        .named("F_CREATED_QUERY", 1028),
        .named("F_CANCELLK", 1029),
        .named("F_DUPFD_CLOEXEC", 1030),
        .named("F_SETPIPE_SZ", 1031),
        .named("F_GETPIPE_SZ", 1032),
        .named("F_ADD_SEALS", 1033),
        .named("F_GET_SEALS", 1034),
        .named("F_GET_RW_HINT", 1035, .out(2, 8)),
        .named("F_SET_RW_HINT", 1036),
        .named("F_GET_FILE_RW_HINT", 1037, .out(2, 8)),
        .named("F_SET_FILE_RW_HINT", 1038),
    ]

    /// include/uapi/linux/prctl.h. What is not named here is refused as an older kernel would: options of other
    /// architectures, PR_SET_MM (it moves the heap), PR_SET_SYSCALL_USER_DISPATCH, PR_GET_AUXV (it would show what
    /// xrr has hidden from the auxiliary vector), PR_SET_MDWE (xrr could no longer make code executable that it has
    /// looked at).
    private static let prctlOptions: [Selection.Case] = [
        .named("PR_SET_PDEATHSIG", 1),
        .named("PR_GET_PDEATHSIG", 2, .out(1, 4)),
        .named("PR_GET_DUMPABLE", 3, .handled(.dumpable)),
        .named("PR_SET_DUMPABLE", 4, .handled(.dumpable)),
        .named("PR_GET_KEEPCAPS", 7),
        .named("PR_SET_KEEPCAPS", 8),
        .named("PR_GET_TIMING", 13),
        .named("PR_SET_TIMING", 14),
        .named("PR_SET_NAME", 15),
        .named("PR_GET_NAME", 16, .out(1, 16)),
        .named("PR_GET_SECCOMP", 21, .handled(.seccomp)),
        .named("PR_SET_SECCOMP", 22, .handled(.seccomp)),
        .named("PR_CAPBSET_READ", 23),
        .named("PR_CAPBSET_DROP", 24),
        .named("PR_GET_TSC", 25, .handled(.timestampCounter), .out(1, 4)),
        .named("PR_SET_TSC", 26, .handled(.timestampCounter)),
        .named("PR_GET_SECUREBITS", 27),
        .named("PR_SET_SECUREBITS", 28),
        .named("PR_SET_TIMERSLACK", 29),
        .named("PR_GET_TIMERSLACK", 30),
        .named("PR_TASK_PERF_EVENTS_DISABLE", 31),
        .named("PR_TASK_PERF_EVENTS_ENABLE", 32),
        .named("PR_MCE_KILL", 33),
        .named("PR_MCE_KILL_GET", 34),
        .named("PR_SET_CHILD_SUBREAPER", 36),
        .named("PR_GET_CHILD_SUBREAPER", 37, .out(1, 4)),
        .named("PR_SET_NO_NEW_PRIVS", 38, .handled(.noNewPrivileges)),
        .named("PR_GET_NO_NEW_PRIVS", 39, .handled(.noNewPrivileges)),
        .named("PR_GET_TID_ADDRESS", 40, .out(1, 8)),
        .named("PR_SET_THP_DISABLE", 41),
        .named("PR_GET_THP_DISABLE", 42),
        .named("PR_SET_MM", 35, .refused(.EINVAL), .said(.memoryLayout)),
        .named("PR_CAP_AMBIENT", 47),
        .named("PR_GET_SPECULATION_CTRL", 52),
        .named("PR_SET_SPECULATION_CTRL", 53),
        .named("PR_SET_IO_FLUSHER", 57),
        .named("PR_GET_IO_FLUSHER", 58),
        .named("PR_SET_SYSCALL_USER_DISPATCH", 59, .refused(.EINVAL), .said(.userDispatch)),
        .named("PR_SCHED_CORE", 62, .out(4, 8)),
        .named("PR_SET_MDWE", 65, .refused(.EINVAL), .said(.denialOfWriteExecute)),
        .named("PR_SET_MEMORY_MERGE", 67),
        .named("PR_GET_MEMORY_MERGE", 68),
        .named("PR_SET_VMA", 0x5356_4d41),
        .named("PR_SET_PTRACER", 0x5961_6d61),
    ]

    /// arch/x86/include/uapi/asm/prctl.h. Shadow stacks, address masking, further components of the extended state
    /// and the vDSO's mapping are refused as by a kernel without them, CPUID faulting as by a CPU without it.
    private static let archPrctlCodes: [Selection.Case] = [
        // The bases are registers of the frame.
        .named("ARCH_SET_GS", 0x1001),
        .named("ARCH_SET_FS", 0x1002),
        .named("ARCH_GET_FS", 0x1003, .out(1, 8)),
        .named("ARCH_GET_GS", 0x1004, .out(1, 8)),
        .named("ARCH_GET_CPUID", 0x1011),
        .named("ARCH_SET_CPUID", 0x1012, .refused(.ENODEV)),
        .named("ARCH_SHSTK_ENABLE", 0x5001, .refused(.EINVAL), .said(.shadowStack)),
    ]
}
