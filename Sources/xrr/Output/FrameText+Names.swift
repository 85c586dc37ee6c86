import LinuxABI

/// The kernel's names for numbers in frames.
extension FrameText {
    static func name(_ number: SyscallNumber) -> String { "syscall_\(number.rawValue)" }
    static func errorName(_ number: Int32) -> String { "errno \(number)" }
    static func signalName(_ number: Int32) -> String { "signal \(number)" }
}
