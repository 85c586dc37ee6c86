/// A decoded status word of wait4(2) for a seized tracee: ptrace(2), "Stopped states".
package enum WaitStatus: Hashable, Sendable {
    /// WIFEXITED with this code.
    case exited(code: Int32)
    /// WIFSIGNALED by this signal.
    case killed(signal: Int32)
    /// A syscall-stop of PTRACE_SYSCALL or PTRACE_SYSEMU (PTRACE_O_TRACESYSGOOD).
    case syscall
    /// A signal-delivery-stop.
    case signal(Int32)
    /// A PTRACE_EVENT stop.
    case event(PtraceEvent)
    /// A group-stop by this signal, or with SIGTRAP the first stop of a new tracee, PTRACE_INTERRUPT, or the end of a
    /// group-stop (PTRACE_EVENT_STOP).
    case groupStop(signal: Int32)

    package init(rawValue status: Int32) {
        if status & 0x7f == 0 {
            self = .exited(code: (status >> 8) & 0xff)
        } else if status & 0xff != 0x7f {
            self = .killed(signal: status & 0x7f)
        } else {
            let signal = (status >> 8) & 0xff
            let event = (status >> 16) & 0xff
            if event == PtraceEvent.stopValue {
                self = .groupStop(signal: signal)
            } else if let event = PtraceEvent(rawValue: event) {
                self = .event(event)
            } else if signal == 5 | 0x80 {
                self = .syscall
            } else {
                self = .signal(signal)
            }
        }
    }
}

/// PTRACE_EVENT_ codes of <linux/ptrace.h>, but for PTRACE_EVENT_STOP.
package enum PtraceEvent: Int32, Hashable, Sendable {
    case fork = 1
    case vfork = 2
    case clone = 3
    case exec = 4
    case vforkDone = 5
    case exit = 6
    case seccomp = 7

    static let stopValue: Int32 = 128
}
