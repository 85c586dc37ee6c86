/// The number of a signal: signal(7), x86-64 values.
package struct SignalNumber: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    package static let hangUp = Self(1)
    package static let interrupt = Self(2)
    package static let quit = Self(3)
    package static let illegalInstruction = Self(4)
    package static let trap = Self(5)
    package static let abort = Self(6)
    package static let bus = Self(7)
    package static let floatingPoint = Self(8)
    package static let kill = Self(9)
    package static let user1 = Self(10)
    package static let segmentationFault = Self(11)
    package static let user2 = Self(12)
    package static let pipe = Self(13)
    package static let alarm = Self(14)
    package static let terminate = Self(15)
    package static let stackFault = Self(16)
    package static let child = Self(17)
    package static let `continue` = Self(18)
    package static let stop = Self(19)
    package static let terminalStop = Self(20)
    package static let terminalInput = Self(21)
    package static let terminalOutput = Self(22)
    package static let urgent = Self(23)
    package static let cpuTime = Self(24)
    package static let fileSize = Self(25)
    package static let virtualAlarm = Self(26)
    package static let profiling = Self(27)
    package static let windowChange = Self(28)
    package static let io = Self(29)
    package static let power = Self(30)
    package static let system = Self(31)

    /// Valid signals: 1 to 64 (_NSIG).
    package static let range: ClosedRange<Int32> = 1...64
    /// The kernel's first real-time signal. The C library keeps 32 and 33 for itself and calls 34 SIGRTMIN.
    package static let firstRealTime: Int32 = 32

    /// "SIGHUP" to "SIGSYS", "SIGRT32" to "SIGRT64" (the kernel's count, not the C library's); nil outside of 1...64.
    package var name: String? {
        guard Self.range.contains(rawValue) else { return nil }
        guard rawValue < Self.firstRealTime else { return "SIGRT\(rawValue)" }
        return "SIG" + Self.names[Int(rawValue) - 1]
    }

    private static let names = [
        "HUP", "INT", "QUIT", "ILL", "TRAP", "ABRT", "BUS", "FPE", "KILL", "USR1", "SEGV", "USR2", "PIPE", "ALRM",
        "TERM", "STKFLT", "CHLD", "CONT", "STOP", "TSTP", "TTIN", "TTOU", "URG", "XCPU", "XFSZ", "VTALRM", "PROF",
        "WINCH", "IO", "PWR", "SYS",
    ]
}

extension SignalNumber: CustomStringConvertible {
    package var description: String { name ?? "signal \(rawValue)" }
}
