package import LinuxABI
package import TraceFormat

/// Which registers a replay compares.
package enum RegisterComparison {
    // Storage indices in `Registers`.
    private static let r11 = 6
    private static let rcx = 11
    private static let origRax = 15
    private static let eflags = 18
    /// RF, which the processor sets as it sees fit: SDM volume 3, section 18.3.1.1.
    private static let resumeFlag: UInt64 = 1 << 16

    /// What of a register has to be the same at every replay; nil where nothing has.
    ///
    /// - Parameter index: the register's storage index in `Registers`.
    package static func comparable(_ registers: Registers, _ index: Int, at event: Event) -> UInt64? {
        switch index {
        // SYSCALL puts RIP and RFLAGS there; a kernel with FRED leaves them alone.
        case r11, rcx: event.isSystemCallEntry ? nil : registers[index]
        // Elsewhere it is the kernel's own note.
        case origRax: event.isSystemCallEntry ? registers[index] : nil
        case eflags: registers[index] & ~resumeFlag
        default: registers[index]
        }
    }

    /// The storage indices of registers that have to be equal and are not.
    package static func differences(expected: Registers, actual: Registers, event: Event) -> [Int] {
        if expected == actual { return [] }
        return (0..<Registers.count).filter {
            comparable(expected, $0, at: event) != comparable(actual, $0, at: event)
        }
    }
}

extension Event {
    /// Whether the thread stands at the entry of a system call.
    package var isSystemCallEntry: Bool {
        switch self {
        case .syscall, .syscallEntry: true
        default: false
        }
    }

    /// Whether a replay runs the thread to the event and compares its state there.
    ///
    /// The others happen to a thread that stands still (`syscallExit`, a signal from outside) or give it its first
    /// state, or its end: there is nothing to compare. What they set is seen at the thread's next event.
    package var isCompared: Bool {
        switch self {
        case .syscall, .syscallEntry, .trap, .interruption, .signal(_, _, isSynchronous: true): true
        case .syscallExit, .signal, .threadStart, .exec, .threadExit: false
        }
    }
}
