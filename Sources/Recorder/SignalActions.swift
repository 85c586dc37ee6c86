internal import LinuxABI
internal import Ptrace
internal import XState

/// What is known of the dispositions of signals: which do nothing, and what is set for those that the recorder's own traps
/// and steps raise, SIGSEGV and SIGTRAP.
///
/// A forced signal that the thread blocks or ignores makes the kernel unblock it and set its disposition to the default
/// (kernel/signal.c, force_sig_info_to_task). The tracee must not notice.
///
/// One for each table of signal handlers: threads share it, and with CLONE_SIGHAND processes do.
final class SignalActions {
    /// `struct sigaction` in the kernel's form: handler, flags, restorer, mask (8 bytes each).
    static let size = 32
    static let maskSize: UInt64 = 8
    private static let flagsOffset = 8
    /// SA_RESETHAND.
    private static let oneShotFlag: UInt64 = 0x8000_0000
    /// SIG_IGN as the handler.
    private static let ignore: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    private static let raised = [Signal.segv, Signal.trap]
    private static let ignoredByDefault = Signal.ignoredByDefault.reduce(0) { $0 | bit($1) }

    /// Of the signals that the recorder raises; those that are missing have the default.
    private var actions: [Int32: [UInt8]] = [:]
    /// SIGTRAP, which the program ignores, has its default disposition for steps of the recorder.
    var admitsOwnTraps = false
    /// The signals that are ignored; nil if that has to be looked up. Bit n-1 stands for signal n.
    private var ignored: UInt64?
    /// Those whose handlers are for one time: SA_RESETHAND.
    private var oneShot: UInt64 = 0

    /// - Parameter ignored: what the process inherits as ignored; bit n-1 stands for signal n.
    init(ignored: UInt64 = 0) {
        for signal in Self.raised where ignored & Self.bit(signal) != 0 {
            actions[signal] = Self.ignore + [UInt8](repeating: 0, count: Self.size - Self.ignore.count)
        }
    }

    /// What rt_sigaction(2) was last given for SIGSEGV or SIGTRAP; nil for the default.
    subscript(signal: Int32) -> [UInt8]? { actions[signal] }

    func isIgnored(_ signal: Int32) -> Bool { actions[signal]?.starts(with: Self.ignore) == true }

    /// The signals that do nothing to a process: ignored by its own will, or by default and not caught.
    func ignoredSignals(as thread: ThreadID) -> UInt64 {
        if let ignored { return ignored }
        guard let sets = HostThreads.signalSets(of: thread) else { return 0 }
        var ignored = sets.ignored | Self.ignoredByDefault
        if isIgnored(Signal.trap) { ignored |= Self.bit(Signal.trap) }
        ignored &= ~sets.caught
        self.ignored = ignored
        return ignored
    }

    /// rt_sigaction(2) was given a `struct sigaction` in the kernel's form.
    func set(_ action: [UInt8], for signal: Int32) {
        ignored = nil
        if Self.raised.contains(signal) { actions[signal] = action }
        let isOneShot = action.integer(at: Self.flagsOffset, as: UInt64.self) & Self.oneShotFlag != 0
        oneShot = isOneShot ? oneShot | Self.bit(signal) : oneShot & ~Self.bit(signal)
    }

    /// A handler starts: one that is for one time is none afterwards.
    func noteHandled(_ signal: Int32) {
        guard oneShot & Self.bit(signal) != 0 else { return }
        oneShot &= ~Self.bit(signal)
        actions[signal] = nil
        ignored = nil
    }

    /// What a fork makes of it.
    func copy() -> SignalActions {
        let copy = SignalActions()
        copy.actions = actions
        copy.admitsOwnTraps = admitsOwnTraps
        copy.ignored = ignored
        copy.oneShot = oneShot
        return copy
    }

    /// What execve(2) and CLONE_CLEAR_SIGHAND make of it: a copy without handlers, in which "ignore" stays.
    func withoutHandlers() -> SignalActions {
        let copy = SignalActions()
        copy.actions = actions.filter { isIgnored($0.key) }
        copy.admitsOwnTraps = admitsOwnTraps
        return copy
    }

    /// The bit of a signal in a set of the kernel's.
    static func bit(_ signal: Int32) -> UInt64 { 1 << UInt64(signal - 1) }
}
