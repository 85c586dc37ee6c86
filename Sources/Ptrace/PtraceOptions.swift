/// PTRACE_O_ options of PTRACE_SEIZE.
package struct PtraceOptions: OptionSet, Sendable {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }

    package static let sysGood = Self(rawValue: 1)
    package static let traceFork = Self(rawValue: 1 << 1)
    package static let traceVfork = Self(rawValue: 1 << 2)
    package static let traceClone = Self(rawValue: 1 << 3)
    package static let traceExec = Self(rawValue: 1 << 4)
    package static let traceExit = Self(rawValue: 1 << 6)
    package static let traceSeccomp = Self(rawValue: 1 << 7)
    /// The tracees die with their tracer: a killed recorder leaves nothing running unwatched.
    package static let exitKill = Self(rawValue: 1 << 20)
}

/// How a stopped thread goes on; raw values are the requests of ptrace(2).
package enum ResumeRequest: Int32, Sendable {
    /// To the next signal or event (with a filter: the next traced system call).
    case `continue` = 7
    /// One instruction; to the first instruction of a handler when a signal with a handler is injected.
    case singleStep = 9
    /// To the next entry to or exit from a system call.
    case syscall = 24
    /// To the next entry to a system call, which is not executed.
    case emulateSyscall = 31
    /// One instruction; a system call is not executed.
    case emulateSingleStep = 32
}
