internal import LinuxABI
internal import MachineCode

/// A sensitive instruction in whose place a trap stands.
struct CodeSite: Hashable {
    let instruction: SensitiveInstruction
    /// The instruction's own bytes.
    let original: [UInt8]

    /// `hlt`, which is privileged: SIGSEGV without an address, and the instruction pointer stays where it is.
    static let trap: UInt8 = 0xF4
    private static let undefined: [UInt8] = [0x0F, 0x0B]
    private static let padding: UInt8 = 0x90

    /// What stands there instead: whole instructions of the same length, so that decoders stay in step.
    ///
    /// - Parameter exists: the pinned CPU has the instruction; else `ud2` raises what that CPU would raise.
    func patch(exists: Bool) -> [UInt8] {
        let start = exists ? [Self.trap] : Self.undefined
        return start + [UInt8](repeating: Self.padding, count: original.count - start.count)
    }
}
