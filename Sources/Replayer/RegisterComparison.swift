package import LinuxABI
package import TraceFormat

/// Which registers a replay compares.
package struct RegisterComparison: Hashable, Sendable {
    /// Leaves the arithmetic flags out: MUL, DIV, shifts, BSF and others leave some of them undefined (SDM volume 1,
    /// appendix A), and every model of CPU has its own way.
    package var ignoresArithmeticFlags: Bool

    package init(ignoresArithmeticFlags: Bool) { self.ignoresArithmeticFlags = ignoresArithmeticFlags }

    /// For states of one model of CPU.
    package static let exact = RegisterComparison(ignoresArithmeticFlags: false)

    // Storage indices in `Registers`.
    private static let r11 = 6
    private static let rcx = 11
    private static let origRax = 15
    private static let eflags = 18
    /// RF, which the processor sets as it sees fit: SDM volume 3, section 18.3.1.1.
    private static let resumeFlag: UInt64 = 1 << 16
    /// CF, PF, AF, ZF, SF and OF.
    package static let arithmeticFlags: UInt64 = 0x8D5

    /// What of a register has to be the same; nil where nothing has.
    ///
    /// - Parameter index: the register's storage index in `Registers`.
    package func comparable(_ registers: Registers, _ index: Int, at event: Event) -> UInt64? {
        switch index {
        // SYSCALL puts RIP and RFLAGS there; a kernel with FRED leaves them alone.
        case Self.r11, Self.rcx: event.isSystemCallEntry ? nil : registers[index]
        // Elsewhere it is the kernel's own note.
        case Self.origRax: event.isSystemCallEntry ? registers[index] : nil
        case Self.eflags:
            registers[index] & ~(Self.resumeFlag | (ignoresArithmeticFlags ? Self.arithmeticFlags : 0))
        default: registers[index]
        }
    }

    /// The storage indices of registers that have to be equal and are not.
    package func differences(expected: Registers, actual: Registers, event: Event) -> [Int] {
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
