internal import LinuxABI
internal import Ptrace
internal import XState

/// What is known of the dispositions that a process has set. Processes share them after a clone with CLONE_SIGHAND.
final class SignalActions {
    /// The signals that are ignored; nil if that has to be looked up. Bit n-1 stands for signal n.
    private var ignored: UInt64?
    /// Those whose handlers are for one time: SA_RESETHAND.
    private var oneShot: UInt64 = 0

    /// What a fork copies.
    func copy() -> SignalActions {
        let copy = SignalActions()
        copy.ignored = ignored
        copy.oneShot = oneShot
        return copy
    }

    /// The signals that do nothing to a process: ignored by its own will, or by default and not caught.
    func ignoredSignals(as thread: ThreadID) -> UInt64 {
        if let ignored { return ignored }
        guard let sets = HostThreads.signalSets(of: thread) else { return 0 }
        let ignored = (sets.ignored | Self.ignoredByDefault) & ~sets.caught
        self.ignored = ignored
        return ignored
    }

    /// rt_sigaction(2) was given a `struct sigaction` in the kernel's form.
    func note(_ action: [UInt8]?, for signal: Int32) {
        ignored = nil
        let bit = Self.bit(signal)
        guard let flags = action?.integer(at: FaultActions.flagsOffset, as: UInt64.self) else { return }
        oneShot = flags & FaultActions.oneShotFlag != 0 ? oneShot | bit : oneShot & ~bit
    }

    /// A handler starts.
    func noteHandled(_ signal: Int32) {
        if oneShot & Self.bit(signal) != 0 { ignored = nil }
    }

    /// clone3(2) with CLONE_CLEAR_SIGHAND.
    func noteReset() { ignored = nil }

    static func bit(_ signal: Int32) -> UInt64 { 1 << UInt64(signal - 1) }

    private static let ignoredByDefault = Signal.ignoredByDefault.reduce(0) { $0 | bit($1) }
}
