package import LinuxABI
package import TraceFormat
package import XState

/// What a replay compares at an event: everything that another run of the same instructions has to reproduce, on this
/// CPU or on another one (docs/determinism.md, section 6).
package struct StateComparison: Hashable, Sendable {
    package let registers: RegisterComparison

    package init(registers: RegisterComparison) { self.registers = registers }

    /// The comparison of states of two CPUs. They count as one model only if nothing tells them apart, the brand included:
    /// emulators and steppings have their own undefined flags.
    package init(of first: CPUIdentity, with second: CPUIdentity) {
        self.init(registers: RegisterComparison(ignoresArithmeticFlags: first != second))
    }

    /// For states of one model of CPU.
    package static let exact = StateComparison(registers: .exact)

    /// FOP, FIP and FDP differ between classes of CPUs; and a component that one side does not have counts as initial.
    package static let ignoredXState: XStateImage.Ignored = [.x87Pointers, .mask]

    /// Whether a thread's state is the one that the frame was reached with.
    package func matches(_ frame: Frame, registers actual: Registers, xstate: XStateImage) -> Bool {
        registers.differences(expected: frame.before, actual: actual, event: frame.event).isEmpty
            && frame.xstate.matches(xstate, ignoring: Self.ignoredXState)
    }
}
