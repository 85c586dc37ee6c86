/// How the recorder deals with a system call.
package enum Treatment: Hashable, Sendable {
    /// The kernel executes it; its effects are the registers and the outputs.
    case described
    /// The same, but the outputs are inferred from how such requests usually look (an ioctl(2) request that encodes
    /// its direction and size). Worth a line in the log.
    case guessed
    /// The recorder's own code deals with it; outputs, if any, apply in addition when the kernel executes the call.
    case handled(SyscallHandler)
    /// The tracee gets this error and the kernel never sees the call.
    case refused(ErrorNumber)
    /// The effects cannot be captured and the tracee cannot be refused: the recording fails, by name.
    case unsupported
}

/// How long a call can keep its thread from running, and who ends that.
package enum Blocking: Hashable, Sendable {
    /// It returns without waiting for anybody.
    case never
    /// It may wait for a file system: a disk for a short time; a FUSE or network server, which may be another tracee,
    /// for as long as that takes.
    case fileSystem
    /// It may wait for what another thread, process or machine does, without end.
    case anyone
}
