package import LinuxABI

/// That a program was refused something since it was recorded. Of each kind, the first case alone is noted.
package struct RefusalNote: Hashable, Sendable {
    /// The raw value of a `Refusal`, which a newer version may have more of.
    package var kind: String
    /// The file that the process executed.
    package var program: String

    package init(_ refusal: Refusal, program: String) { self.init(kind: refusal.rawValue, program: program) }

    package init(kind: String, program: String) {
        self.kind = kind
        self.program = program
    }

    package var refusal: Refusal? { Refusal(rawValue: kind) }
}
