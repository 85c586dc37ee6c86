package import LinuxABI

/// An instruction that leads elsewhere than to the one behind it, in such detail that it can be executed for a thread.
package struct ControlTransfer: Hashable, Sendable {
    package enum Target: Hashable, Sendable {
        case address(GuestAddress)
        case register(GeneralRegister)
        /// 8 bytes of memory hold the address.
        case memory(SensitiveInstruction.MemoryOperand)
    }

    package enum Kind: Hashable, Sendable {
        case jump(Target)
        case call(Target)
        /// So many bytes of arguments are dropped from the stack.
        case `return`(UInt16)
        /// One of the sixteen `jcc`, by the low four bits of its opcode.
        case conditional(UInt8, GuestAddress)
    }

    package let address: GuestAddress
    package let length: Int
    package let kind: Kind

    package var next: GuestAddress { address + UInt64(length) }

    /// What becomes of a thread that executes it.
    package struct Outcome: Hashable, Sendable {
        package var registers: Registers
        /// The return address that a call has pushed.
        package var pushed: (address: GuestAddress, value: UInt64)? {
            pushedAddress.map { ($0, pushedValue) }
        }
        fileprivate var pushedAddress: GuestAddress?
        fileprivate var pushedValue: UInt64 = 0
    }

    /// Executes the instruction, but for the write of a call's return address.
    ///
    /// - Parameter readWord: 8 bytes of memory.
    /// - Returns: nil where memory that it needs is not readable.
    package func execute(_ registers: Registers, readWord: (GuestAddress) -> UInt64?) -> Outcome? {
        var after = registers
        switch kind {
        case .jump(let target):
            guard let place = value(of: target, registers, readWord) else { return nil }
            after.rip = place
        case .call(let target):
            guard let place = value(of: target, registers, readWord) else { return nil }
            after.rip = place
            after.rsp &-= 8
            return Outcome(registers: after, pushedAddress: GuestAddress(after.rsp), pushedValue: next.rawValue)
        case .return(let dropped):
            guard let place = readWord(GuestAddress(registers.rsp)) else { return nil }
            after.rip = place
            after.rsp &+= 8 &+ UInt64(dropped)
        case .conditional(let code, let target):
            after.instructionPointer = Self.holds(code, registers.eflags) ? target : next
        }
        return Outcome(registers: after)
    }

    private func value(
        of target: Target, _ registers: Registers, _ readWord: (GuestAddress) -> UInt64?
    ) -> UInt64? {
        switch target {
        case .address(let address): address.rawValue
        case .register(let register): registers[register]
        case .memory(let operand): readWord(operand.address(registers))
        }
    }

    /// Whether a condition holds: SDM volume 1, appendix B.
    static func holds(_ code: UInt8, _ flags: UInt64) -> Bool {
        func flag(_ number: UInt64) -> Bool { flags >> number & 1 != 0 }
        let (carry, parity, zero, sign, overflow) = (flag(0), flag(2), flag(6), flag(7), flag(11))
        let positive =
            switch code >> 1 {
            case 0: overflow
            case 1: carry
            case 2: zero
            case 3: carry || zero
            case 4: sign
            case 5: parity
            case 6: sign != overflow
            default: zero || sign != overflow
            }
        return positive != (code & 1 != 0)
    }
}
