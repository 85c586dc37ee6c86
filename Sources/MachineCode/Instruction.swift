package import LinuxABI

/// One x86-64 instruction, as far as stopping at it, moving it elsewhere and patching over it need to know it.
package struct Instruction: Hashable, Sendable {
    /// What an instruction does to the flow of control, and whether a recorder has to look after it.
    package enum Kind: Hashable, Sendable {
        case ordinary
        /// A near or far call.
        case call
        /// A near or far return.
        case `return`
        /// A near jump; without a target it is an indirect one.
        case jump(target: GuestAddress?)
        /// One of the sixteen `jcc`.
        case conditionalJump(target: GuestAddress)
        /// `loop`, `loope`, `loopne`, `jecxz`, `jrcxz`: these have no form with a 32-bit distance.
        case loop(target: GuestAddress)
        /// It enters the kernel, always faults, or has an outcome that the registers and the memory do not determine,
        /// such as `syscall`, `int3`, `ud2`, `rdtsc`, `cpuid`, `rdrand`; so also what changes the privilege level
        /// or the code segment.
        case leavesUserMode
    }

    /// Where execution goes on behind an instruction, apart from where its operand says.
    package enum Sequel: Hashable, Sendable {
        /// At the instruction that follows it in memory.
        case next
        /// At the instruction that follows it, if what it calls returns.
        case nextAfterReturn
        /// Nowhere: it goes elsewhere in any case.
        case none
        /// The kernel raises a signal, whose handler decides: int3, ud2, hlt.
        case signal
        /// It may be either: privileged instructions, far branches.
        case unknown
    }

    package let address: GuestAddress
    /// The length in bytes, from 1 to 15.
    package let length: Int
    package let kind: Kind
    package let sequel: Sequel
    /// A string instruction with a `rep`, `repe` or `repne` prefix: an interrupt may come in the middle of it.
    package let isRepeated: Bool
    package let hasLock: Bool
    /// `endbr64`, which compilers put where indirect branches arrive.
    package let isLandingPad: Bool
    /// Executed elsewhere it does the same, once its distances are adjusted.
    ///
    /// Not so: x87 instructions, which leave their own address in the FIP field of the x87 state; memory operands
    /// relative to EIP; relative branches with an operand-size prefix, which Intel's processors ignore and AMD's
    /// do not.
    package let isRelocatable: Bool
    /// Where in the instruction the 32-bit displacement of an operand relative to RIP is.
    package let ripDisplacementOffset: Int?
    /// The address of the operand relative to RIP.
    package let ripTarget: GuestAddress?
    /// The condition of a conditional jump, as the low four bits of its opcode.
    let conditionCode: UInt8

    /// The address of the instruction that follows in memory.
    package var next: GuestAddress { address + UInt64(length) }

    /// Where a direct branch other than a call goes to.
    package var directTarget: GuestAddress? {
        switch kind {
        case .jump(let target): target
        case .conditionalJump(let target), .loop(let target): target
        case .ordinary, .call, .return, .leavesUserMode: nil
        }
    }

    /// The target of a direct call.
    package let callTarget: GuestAddress?
}
