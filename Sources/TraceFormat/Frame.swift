package import LinuxABI
package import XState

/// The place of a frame in the recording: the n-th frame, from 0.
package struct FrameIndex: RawRepresentable, Hashable, Comparable, Sendable, CustomStringConvertible {
    package var rawValue: UInt64
    package init(rawValue: UInt64) { self.rawValue = rawValue }
    package init(_ rawValue: UInt64) { self.rawValue = rawValue }
    package static func < (a: Self, b: Self) -> Bool { a.rawValue < b.rawValue }
    package var description: String { String(rawValue) }
}

/// One event of one thread together with everything a replay needs to reproduce it: the unit of a recording.
///
/// A replay runs `thread` until it reaches the event, compares its state with `before` and `xstate`, carries out
/// `effects` and sets `after` (and `xstateAfter`). It needs no knowledge of the event's meaning.
package struct Frame: Hashable, Sendable {
    /// The thread the event belongs to.
    package var thread: ThreadID
    package var event: Event
    /// The registers at the ptrace-stop at which the event was reached. The replay checks them.
    package var before: Registers
    /// The registers the thread goes on with.
    package var after: Registers
    /// The extended state at the event. The replay checks it.
    package var xstate: XStateImage
    /// The extended state the thread goes on with where the event changed it (rt_sigreturn, a signal handler's
    /// start, exec).
    package var xstateAfter: XStateImage?
    /// What the event changed outside of the registers, in the order in which it is to be carried out.
    package var effects: [Effect]

    package init(
        thread: ThreadID, event: Event, before: Registers, after: Registers, xstate: XStateImage,
        xstateAfter: XStateImage? = nil, effects: [Effect] = []
    ) {
        self.thread = thread
        self.event = event
        self.before = before
        self.after = after
        self.xstate = xstate
        self.xstateAfter = xstateAfter
        self.effects = effects
    }
}
