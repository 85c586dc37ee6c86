internal import CPtrace
package import LinuxABI

/// The seccomp(2) filter that stops tracees at their system calls, seen from the tracer.
package enum RecordingFilter {
    /// What the kernel can be made to do with a call that stands at its seccomp-stop, instead of executing it.
    ///
    /// After the stop the kernel asks all filters again, with the registers as the tracer has left them.
    package enum Answer: Sendable {
        /// SECCOMP_RET_TRAP, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_KILL_PROCESS.
        case trap, killThread, killProcess
        /// SECCOMP_RET_USER_NOTIF, by a filter that the recorder has made for that.
        case notify

        /// The instruction pointer that asks for it.
        ///
        /// - Parameter letThrough: the one that the filter lets through.
        package func address(letThrough: GuestAddress) -> GuestAddress {
            let offset =
                switch self {
                case .trap: CPTRACE_ANSWER_TRAP
                case .killThread: CPTRACE_ANSWER_KILL_THREAD
                case .killProcess: CPTRACE_ANSWER_KILL_PROCESS
                case .notify: CPTRACE_ANSWER_NOTIFY
                }
            return letThrough + UInt64(offset)
        }
    }

    /// The message of PTRACE_EVENT_SECCOMP (PTRACE_GETEVENTMSG) for a call of another architecture: `int $0x80`.
    package static var foreignCall: UInt64 { UInt64(CPTRACE_TRACE_FOREIGN) }
}
