package import LinuxABI

/// Code that executes XSAVE, XSAVEOPT or XRSTOR for a program with no more components than a mask allows: a patched
/// instruction jumps to it, and it jumps back.
///
/// It leaves all registers and flags as the instruction does, and uses the stack below the red zone. XSAVE marks every
/// component asked for as present and writes one value of MXCSR_MASK, so that the outcome depends neither on the
/// processor's idea of what is in use nor on its model. Requests for x87 state, whose pointers differ between models,
/// end at a trap instead.
package struct AreaStub: Hashable, Sendable {
    package let instruction: SensitiveInstruction
    /// Where the stub is to be mapped.
    package let base: GuestAddress
    package let code: [UInt8]
    /// Where a thread stops with all registers as they were at the instruction, if the stub does not do for it; nil if
    /// it always does.
    package let trapAddress: GuestAddress?
    /// Where a fault of the instruction itself is reported.
    package let accessAddress: GuestAddress

    /// No stub is longer, in bytes.
    package static let longest = 128
    /// What the stub keeps on the stack at `accessAddress`, from its end: the red zone, RFLAGS, RAX, RDX, RCX.
    private static let depth: UInt64 = 0xA0

    /// - Parameters:
    ///   - base: within 2 GiB of the instruction.
    ///   - mask: the XCR0 to pretend.
    /// - Returns: nil for instructions that have no room for a jump, or an operand that is not of the usual kind.
    package init?(_ instruction: SensitiveInstruction, base: GuestAddress, mask: UInt64) {
        guard instruction.length >= PatchSite.jumpLength, let operand = instruction.memory,
            operand.segment == .flat, !operand.isShort, let load = Self.loadAddress(operand),
            let high = UInt32(exactly: mask >> 32), high == 0
        else { return nil }
        let saves: Bool
        switch instruction.kind {
        case .xsave, .xsaveopt: saves = true
        case .xrstor: saves = false
        default: return nil
        }
        let low = UInt32(truncatingIfNeeded: mask)
        var code = StubAssembler(base: base)
        let slow = code.makeLabel()
        // lea -0x80(%rsp), %rsp; pushfq; push %rax; push %rdx; push %rcx
        code.append([0x48, 0x8D, 0x64, 0x24, 0x80, 0x9C, 0x50, 0x52, 0x51])
        if saves {
            // test $1, %al; jz over the jump
            code.append([0xA8, 0x01, 0x74, 0x05])
            code.jump(slow)
        }
        code.append(load)
        // and $mask, %eax; xor %edx, %edx
        code.append([0x25] + (0..<4).map { UInt8(truncatingIfNeeded: low >> (8 * $0)) } + [0x31, 0xD2])
        accessAddress = code.here
        if instruction.operandSize == 8 { code.append([0x48]) }
        // xsave (%rcx), xrstor (%rcx)
        code.append([0x0F, 0xAE, saves ? 0x21 : 0x29])
        if saves {
            // or %rax, 512(%rcx); test $6, %al; jz over; movl $0xffff, 28(%rcx)
            code.append([0x48, 0x09, 0x81, 0x00, 0x02, 0x00, 0x00, 0xA8, 0x06, 0x74, 0x07])
            code.append([0xC7, 0x41, 0x1C, 0xFF, 0xFF, 0x00, 0x00])
        }
        code.append(Self.restore)
        do throws(FilterStubError) {
            try code.jump(to: instruction.next)
            if saves {
                code.place(slow)
                code.append(Self.restore)
                trapAddress = code.here
                code.append([0xF4])
            } else {
                trapAddress = nil
            }
            try code.resolve(slots: base)
        } catch { return nil }
        self.instruction = instruction
        self.base = base
        self.code = code.bytes
    }

    /// pop %rcx; pop %rdx; pop %rax; popfq; lea 0x80(%rsp), %rsp
    private static let restore: [UInt8] = [0x59, 0x5A, 0x58, 0x9D, 0x48, 0x8D, 0xA4, 0x24, 0x80, 0x00, 0x00, 0x00]

    /// `lea operand, %rcx`, or `mov $address, %rcx`, with the stack as it is there.
    private static func loadAddress(_ operand: SensitiveInstruction.MemoryOperand) -> [UInt8]? {
        func bytes(_ value: UInt64, _ count: Int) -> [UInt8] {
            (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
        }
        guard let base = operand.base else {
            return operand.index == nil ? [0x48, 0xB9] + bytes(operand.displacement, 8) : nil
        }
        let displacement = operand.displacement &+ (base == .rsp ? depth : 0)
        guard Int32(exactly: Int64(bitPattern: displacement)) != nil else { return nil }
        let index = operand.index?.rawValue ?? 4
        let rex: UInt8 = 0x48 | (index >= 8 ? 2 : 0) | (base.rawValue >= 8 ? 1 : 0)
        let scale = UInt8(operand.scale.trailingZeroBitCount & 3) << 6
        let sib = (operand.index == nil ? 0 : scale) | (index & 7) << 3 | base.rawValue & 7
        return [rex, 0x8D, 0x8C, sib] + bytes(displacement, 4)
    }

    /// What stands at the instruction: the jump, and what fills the rest.
    package var patch: [UInt8]? {
        var code = StubAssembler(base: instruction.address)
        do throws(FilterStubError) { try code.jump(to: base) } catch { return nil }
        return code.bytes + [UInt8](repeating: 0x90, count: instruction.length - PatchSite.jumpLength)
    }

    /// The registers that the instruction itself would have faulted with, for a thread that faulted in the stub.
    ///
    /// - Parameter readWord: 8 bytes of the thread's memory.
    package func registersAtFault(_ registers: Registers, readWord: (GuestAddress) -> UInt64?) -> Registers? {
        if registers.instructionPointer == trapAddress {
            var result = registers
            result.instructionPointer = instruction.address
            return result
        }
        guard registers.instructionPointer == accessAddress else { return nil }
        let words = (0..<4).compactMap { readWord(GuestAddress(registers.rsp) + UInt64(8 * $0)) }
        guard words.count == 4 else { return nil }
        var result = registers
        result.instructionPointer = instruction.address
        result.rcx = words[0]
        result.rdx = words[1]
        result.rax = words[2]
        result.eflags = words[3]
        result.rsp = registers.rsp &+ Self.depth
        return result
    }
}
