/// What a program can ask for and not get because it is recorded, where that may matter to it. What programs do without
/// in any case (rseq(2), MADV_FREE) is not here.
///
/// The raw values stand in recordings.
package enum Refusal: String, Hashable, Sendable, CaseIterable {
    /// ptrace(2): a thread has one tracer, and that is xrr.
    case tracing = "ptrace"
    /// The set-user-id and set-group-id bits and the capabilities of a program's file: execve(2) ignores them for a
    /// program that is traced by somebody without privileges, or has no_new_privs set.
    case privileges = "set-uid"
    /// prctl(2) PR_SET_SYSCALL_USER_DISPATCH.
    case userDispatch = "syscall-user-dispatch"
    /// io_uring_setup(2) and its kin: memory that is shared with the kernel.
    case ioUring = "io-uring"
    /// io_setup(2) and its kin.
    case asynchronousIO = "aio"
    /// userfaultfd(2).
    case userfaultfd = "userfaultfd"
    /// perf_event_open(2).
    case performanceEvents = "perf-events"
    /// bpf(2).
    case bpf = "bpf"
    /// pkey_alloc(2).
    case protectionKeys = "protection-keys"
    /// modify_ldt(2).
    case segments = "modify-ldt"
    /// iopl(2) and ioperm(2).
    case ports = "io-ports"
    /// prctl(2) PR_SET_MM.
    case memoryLayout = "set-mm"
    /// prctl(2) PR_SET_MDWE.
    case denialOfWriteExecute = "mdwe"
    /// map_shadow_stack(2) and arch_prctl(2) ARCH_SHSTK_ENABLE.
    case shadowStack = "shadow-stack"
    /// memfd_secret(2).
    case secretMemory = "secret-memory"
    /// mmap(2) of a device that others write to.
    case deviceMemory = "device-memory"
    /// Rings of packets, and receiving without a copy: setsockopt(2) of packet(7) and XDP sockets, tcp(7).
    case sharedBuffers = "shared-buffers"
    /// ioctl(2) requests of which it is not known what they write.
    case unknownRequest = "ioctl"
}
