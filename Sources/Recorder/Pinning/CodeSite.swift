internal import LinuxABI
internal import MachineCode

/// An instruction in whose place a trap stands, so that xrr executes it.
struct CodeSite: Hashable {
    enum Role: Hashable {
        /// It shows the CPU.
        case sensitive(SensitiveInstruction)
        /// It saves or restores extended state, and a stub does so for it.
        case stubbed(AreaStub)
        /// It leads out of watched code that is not known well enough to be entered anywhere.
        case exit(ControlTransfer)
        /// The pinned CPU does not have it. It is put back when it is executed, which is then known.
        case above(FeatureInstruction)
    }

    let role: Role
    /// The instruction's own bytes.
    let original: [UInt8]

    var address: GuestAddress {
        switch role {
        case .sensitive(let instruction): instruction.address
        case .stubbed(let stub): stub.instruction.address
        case .exit(let transfer): transfer.address
        case .above(let instruction): instruction.address
        }
    }
    var end: GuestAddress { address + UInt64(original.count) }

    /// `hlt`, which is privileged: SIGSEGV without an address, and the instruction pointer stays where it is.
    private static let trap: [UInt8] = [0xF4]
    /// `ud2`.
    private static let undefined: [UInt8] = [0x0F, 0x0B]
    private static let padding: UInt8 = 0x90

    /// What stands there instead: whole instructions of the same length, so that decoders stay in step. An instruction
    /// that the pinned CPU does not have raises there what it would raise on that CPU.
    func patch(_ pin: TraceeCPU) -> [UInt8] {
        if case .stubbed(let stub) = role, let jump = stub.patch { return jump }
        var start = Self.trap
        if case .sensitive(let instruction) = role, !pin.has(instruction.kind) { start = Self.undefined }
        return start + [UInt8](repeating: Self.padding, count: original.count - start.count)
    }

    /// The same instruction elsewhere; nil if it is another there.
    func moved(to address: GuestAddress) -> CodeSite? {
        switch role {
        case .sensitive, .stubbed:
            SensitiveInstruction.decode(original.span, at: address).map {
                CodeSite(role: .sensitive($0), original: original)
            }
        case .exit:
            ControlTransfer.decode(original.span, at: address).map { CodeSite(role: .exit($0), original: original) }
        case .above(let instruction):
            CodeSite(
                role: .above(
                    FeatureInstruction(feature: instruction.feature, address: address, length: instruction.length)),
                original: original)
        }
    }
}
