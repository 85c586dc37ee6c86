/// Dispositions as the tracee knows them, of those signals that the recorder's own traps and steps raise: SIGSEGV and SIGTRAP.
///
/// A forced signal that the thread blocks or ignores makes the kernel unblock it and set its disposition to the default
/// (kernel/signal.c, force_sig_info_to_task). The tracee must not notice.
///
/// One for each table of signal handlers: threads share it, and with CLONE_SIGHAND processes do.
final class FaultActions {
    /// `struct sigaction` in the kernel's form: handler, flags, restorer, mask (8 bytes each).
    static let size = 32
    static let maskSize: UInt64 = 8
    /// SIG_IGN as the handler.
    private static let ignore: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    /// SA_RESETHAND, in the highest byte of the lower half of the flags.
    private static let isOneShot: (byte: Int, bit: UInt8) = (8 + 3, 0x80)
    private static let signals = [Signal.segv, Signal.trap]

    private var actions: [Int32: [UInt8]] = [:]
    /// SIGTRAP, which the program ignores, has its default disposition for steps of the recorder.
    var admitsOwnTraps = false

    /// - Parameter ignored: what the process inherits as ignored; bit n-1 stands for signal n.
    init(ignored: UInt64 = 0) {
        for signal in Self.signals where ignored & 1 << UInt64(signal - 1) != 0 {
            actions[signal] = Self.ignore + [UInt8](repeating: 0, count: Self.size - Self.ignore.count)
        }
    }

    /// What rt_sigaction(2) was last given for a signal; nil for the default.
    subscript(signal: Int32) -> [UInt8]? { actions[signal] }

    func isIgnored(_ signal: Int32) -> Bool { actions[signal]?.starts(with: Self.ignore) == true }

    static func isNoted(_ signal: Int32) -> Bool { signals.contains(signal) }

    func set(_ action: [UInt8]?, for signal: Int32) {
        if Self.isNoted(signal) { actions[signal] = action }
    }

    /// A handler starts: one that is for one time is none afterwards.
    func noteHandled(_ signal: Int32) {
        if let action = actions[signal], action[Self.isOneShot.byte] & Self.isOneShot.bit != 0 { actions[signal] = nil }
    }

    /// What a fork makes of it.
    func copy() -> FaultActions {
        let copy = FaultActions()
        copy.actions = actions
        copy.admitsOwnTraps = admitsOwnTraps
        return copy
    }

    /// What execve(2) and CLONE_CLEAR_SIGHAND make of it: a copy without handlers, in which "ignore" stays.
    func withoutHandlers() -> FaultActions {
        let copy = copy()
        copy.actions = copy.actions.filter { isIgnored($0.key) }
        return copy
    }
}
