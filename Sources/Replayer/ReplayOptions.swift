package import LinuxABI
package import TraceFormat
package import XState

/// How to replay.
package struct ReplayOptions: Sendable {
    /// Does not repeat what the program wrote to standard output and error.
    package var isQuiet = false
    /// Called after each frame with what this machine saw at its event (nil where there is nothing to see).
    package var observer: (@Sendable (FrameIndex, Frame, Observation?) -> Void)?

    package init() {}
}

/// The state of a thread at an event, as the replaying machine saw it.
package struct Observation: Sendable {
    package var registers: Registers
    package var xstate: XStateImage
}

/// How a replay ended.
package enum ReplayOutcome: Sendable {
    /// All of the recording was reproduced. `isFinished` is false if the recording itself ends early.
    case faithful(frames: UInt64, isFinished: Bool)
    case diverged(Divergence)
}
