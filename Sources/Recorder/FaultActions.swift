internal import XState

/// Dispositions as the tracee knows them, of those signals that the recorder's own traps and steps raise: SIGSEGV and SIGTRAP.
///
/// A forced signal that the thread blocks or ignores makes the kernel unblock it and set its disposition to the default
/// (kernel/signal.c, force_sig_info_to_task). The tracee must not notice.
struct FaultActions {
    /// `struct sigaction` in the kernel's form: handler, flags, restorer, mask (8 bytes each).
    static let size = 32
    static let maskSize: UInt64 = 8
    static let flagsOffset = 8
    /// SA_RESETHAND.
    static let oneShotFlag: UInt64 = 0x8000_0000
    /// SIG_IGN as the handler.
    private static let ignore: [UInt8] = [1, 0, 0, 0, 0, 0, 0, 0]
    private static let signals = [Signal.segv, Signal.trap]

    private var actions: [Int32: [UInt8]] = [:]

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

    mutating func set(_ action: [UInt8]?, for signal: Int32) {
        if Self.isNoted(signal) { actions[signal] = action }
    }

    /// A handler starts: one that is for one time is none afterwards.
    mutating func noteHandled(_ signal: Int32) {
        guard let action = actions[signal] else { return }
        if action.integer(at: Self.flagsOffset, as: UInt64.self) & Self.oneShotFlag != 0 { actions[signal] = nil }
    }

    /// Handlers are reset by execve(2), "ignore" stays.
    mutating func noteExec() {
        for signal in Self.signals where !isIgnored(signal) { actions[signal] = nil }
    }
}
