package import LinuxABI
package import Ptrace
package import Symbols
package import TraceFormat
package import XState

/// The replayed program was not in the state in which it was when it was recorded.
package struct Divergence: Sendable {
    /// The event that was to be reached.
    package var index: FrameIndex
    /// The time for the search is over, and the event may still be ahead.
    package var isGivenUp = false
    package var frame: Frame
    /// The process of the frame's thread, as it was recorded, and the argument vector of its last exec.
    package var process: ProcessID
    package var arguments: [[UInt8]]
    /// What happened instead, if it was not the expected stop.
    package var unexpectedStop: WaitStatus?
    /// What differs although the thread came to its event in the recorded state.
    package var difference: ContentsDifference?
    /// Of a signal that was not expected.
    package var signal: SignalInfo?
    /// What the signal's fault address points to; nil if it is in no mapped file.
    package var faultPlace: SymbolicAddress?
    /// The state of the thread now; nil where it is gone.
    package var registers: Registers?
    package var xstate: XStateImage?
    /// The instructions that the thread stood at when it was recorded, and now; nil outside of mapped files.
    package var recordedPlace: SymbolicAddress?
    package var actualPlace: SymbolicAddress?
    /// The thread's calls now, innermost first.
    package var backtrace: [Call]
    /// The frames before, oldest first.
    package var history: [(FrameIndex, Frame)]

    /// One line of a backtrace.
    package struct Call: Sendable {
        package var address: GuestAddress
        /// nil outside of mapped files.
        package var symbol: SymbolicAddress?
    }

    /// What was compared.
    package var comparison: StateComparison

    /// The indices of the general registers that differ (see `Registers.names`).
    package var differingRegisters: [Int] {
        registers.map {
            comparison.registers.differences(expected: frame.before, actual: $0, event: frame.event)
        } ?? []
    }

    /// The extended registers that differ.
    package var differingXState: [XStateDifference] {
        xstate.map { $0.differences(from: frame.xstate, ignoring: StateComparison.ignoredXState) } ?? []
    }

    /// Components that hold values now, and of which the recording knows nothing: its CPU did not have them, or they were
    /// hidden from the program.
    package var foreignComponents: XFeatureMask { xstate?.obstacles(to: frame.xstate.mask) ?? [] }
}
