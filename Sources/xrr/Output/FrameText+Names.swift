import LinuxABI

/// The kernel's names for numbers in frames.
extension FrameText {
    static func name(_ number: SyscallNumber) -> String { number.description }
    static func errorName(_ number: Int32) -> String { ErrorNumber(rawValue: number).description }
    static func signalName(_ number: Int32) -> String { SignalNumber(rawValue: number).description }
}
