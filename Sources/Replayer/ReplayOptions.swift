package import LinuxABI
package import TraceFormat
package import XState

/// How to replay.
package struct ReplayOptions {
    /// Does not repeat what the program wrote to standard output and error.
    package var isQuiet = false
    /// What replays before have learned of the markers' places. A wrong count costs time, and can at worst make the replay
    /// diverge, since a thread that has run too far does not come back: then replay again without.
    package var passCounts = PassCounts()
    /// What the kernel is to pin XCR0 of the replayed threads to (`RecordingCPU.replayedXCR0`).
    package var xcr0: XFeatureMask?
    /// No output before this frame.
    package var outputStart = FrameIndex(0)
    /// Called once for each frame, with what this machine saw at its event: nil where there is nothing to compare
    /// (see `Event.isCompared`). At a divergence that is what diverged, if it was the expected stop.
    package var observer: ((FrameIndex, Frame, Observation?) -> Void)?
    /// Called before output of the program is written.
    package var outputObserver: ((OutputStream, [UInt8]) -> Void)?

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
