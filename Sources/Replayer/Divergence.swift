package import LinuxABI
package import Ptrace
package import TraceFormat
package import XState

/// The replayed program was not in the state in which it was when it was recorded.
package struct Divergence: Sendable {
    /// The event that was to be reached.
    package var index: FrameIndex
    package var frame: Frame
    /// What happened instead, if it was not the expected stop.
    package var unexpectedStop: WaitStatus?
    /// The state of the thread now; nil where it is gone.
    package var registers: Registers?
    package var xstate: XStateImage?
    /// The frames before, oldest first.
    package var history: [(FrameIndex, Frame)]
    /// The thread's stack, innermost frame first.
    package var backtrace: [String]

    /// The indices of the general registers that differ (see `Registers.names`).
    package var differingRegisters: [Int] {
        registers.map { RegisterComparison.differences(expected: frame.before, actual: $0, event: frame.event) } ?? []
    }
}

/// Which registers a replay compares.
package enum RegisterComparison {
    // Storage indices in `Registers`.
    private static let r11 = 6
    private static let rcx = 11
    private static let origRax = 15
    private static let eflags = 18
    /// RF, which the processor sets as it sees fit: SDM volume 3, section 18.3.1.1.
    private static let resumeFlag: UInt64 = 1 << 16

    /// The storage indices of registers that have to be equal and are not.
    package static func differences(expected: Registers, actual: Registers, event: Event) -> [Int] {
        if expected == actual { return [] }
        let isCall = event.isSystemCallEntry
        return (0..<Registers.count).filter { index in
            switch index {
            // SYSCALL puts RIP and RFLAGS there; a kernel with FRED leaves them alone.
            case r11, rcx: !isCall && expected[index] != actual[index]
            // Elsewhere it is the kernel's own note.
            case origRax: isCall && expected[index] != actual[index]
            case eflags: (expected[index] ^ actual[index]) & ~resumeFlag != 0
            default: expected[index] != actual[index]
            }
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
}
