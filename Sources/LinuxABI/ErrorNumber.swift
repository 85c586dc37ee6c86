/// An error number of the kernel (errno(3)), positive.
///
/// 512 and above never reach a program; a tracer sees them, negated, as the result of a system call that a signal
/// interrupted and that the kernel may restart (ERESTARTSYS and its kin).
package struct ErrorNumber: RawRepresentable, Hashable, Sendable {
    package var rawValue: Int32
    package init(rawValue: Int32) { self.rawValue = rawValue }
    package init(_ rawValue: Int32) { self.rawValue = rawValue }

    /// The error that a system call's result stands for; nil if it is not one.
    package init?(syscallResult: Int64) {
        guard (-4095 ... -1).contains(syscallResult) else { return nil }
        self.init(Int32(-syscallResult))
    }

    /// What a system call that fails with this error returns.
    package var syscallResult: Int64 { -Int64(rawValue) }

    /// The kernel's name, for example "ENOENT"; nil for a number without one.
    package var name: String? { Self.names[rawValue] }

    /// Whether the kernel, after such a result, may execute the call again once the signal is dealt with
    /// (arch/x86/kernel/signal.c, arch_do_signal_or_restart()).
    package var restartsSyscall: Bool {
        switch self {
        case .ERESTARTSYS, .ERESTARTNOINTR, .ERESTARTNOHAND, .ERESTART_RESTARTBLOCK: true
        default: false
        }
    }
}

extension ErrorNumber: CustomStringConvertible {
    package var description: String { name ?? "errno \(rawValue)" }
}
