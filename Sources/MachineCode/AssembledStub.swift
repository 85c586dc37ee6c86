package import LinuxABI

/// The bytes of a stub, and the addresses in it that a tracer has to know.
package struct AssembledStub: Hashable, Sendable {
    /// What is in a stub at an address.
    package enum Place: Hashable, Sendable {
        /// The checks, or what restores registers after them: rcx and r15 are perhaps not the program's own.
        case checks
        /// The program's instruction of this address; all registers but RIP are the program's own.
        case program(GuestAddress)
    }

    /// Where the stub is to be mapped.
    package let base: GuestAddress
    /// Where the patch jumps to.
    package let entry: GuestAddress
    /// The code, to be written at `base`. The slots that follow it are left to be zero, or what they were.
    package let code: [UInt8]
    /// The length of the whole stub, whole pages: first those with the code, then one with the slots.
    package let length: UInt64
    /// RIP after the `int3` that is executed when all checks held. Going on from here is the same as from
    /// `resumeAddress`.
    package let trapAddress: GuestAddress
    /// Where the displaced instructions are. All registers are the program's own here.
    package let resumeAddress: GuestAddress
    /// A 64-bit word that is incremented whenever the site is passed, before the checks: the pass that traps counts. The
    /// tracer may set it while the thread is stopped.
    package let passCountAddress: GuestAddress
    /// What stands at the site instead of the displaced bytes, and is as long: the jump, and `int3` in the rest.
    package let patch: [UInt8]
    /// Pairs of the program's instructions and where each is in the stub, in ascending order of both. The last is the
    /// jump back, which stands for the instruction after the displaced ones.
    let relocations: [Relocation]

    struct Relocation: Hashable, Sendable {
        let original: GuestAddress
        let relocated: GuestAddress
    }

    /// Where the slots begin: the only memory that the stub itself writes.
    package var slots: GuestAddress { base + (length - GuestAddress.pageSize) }

    /// Where a thread goes on that has come to the middle of the patch, and has met the trap there: at the copy of the
    /// instruction that it was to meet. nil for any other address.
    package func continuation(at address: GuestAddress) -> GuestAddress? {
        guard let site = relocations.first?.original else { return nil }
        let interior = site + 1..<site + UInt64(patch.count)
        return relocations.first { $0.original == address && interior.contains($0.original) }?.relocated
    }

    /// What a thread that is stopped at `address` is about to execute; nil outside of the code.
    ///
    /// A fault of a displaced instruction, or a signal that comes in it, is reported with an address in the stub; this
    /// gives the program's own.
    package func place(of address: GuestAddress) -> Place? {
        guard base <= address, address < base + UInt64(code.count) else { return nil }
        return relocations.first { $0.relocated == address }.map { .program($0.original) } ?? .checks
    }
}
