package import LinuxABI

/// An instruction whose outcome depends on the processor's model, on XCR0 or on chance, so that a recorder that pins the
/// CPU has to execute it for the tracee.
package struct SensitiveInstruction: Hashable, Sendable {
    /// Which one. Raw values are written to caches of code sites.
    package enum Kind: UInt8, Hashable, Sendable, CaseIterable {
        case cpuid = 0
        case xgetbv = 1
        case xsave = 2
        case xsaveopt = 3
        case xsavec = 4
        case xrstor = 5
        case rdrand = 6
        case rdseed = 7
        case rdpid = 8
        case xbegin = 9
        /// What it writes besides the registers, MXCSR_MASK above all, tells the models apart.
        case fxsave = 10

        /// It depends on XCR0, and does not exist where the operating system does not enable XSAVE.
        package var needsXSAVE: Bool {
            switch self {
            case .xgetbv, .xsave, .xsaveopt, .xsavec, .xrstor: true
            case .cpuid, .rdrand, .rdseed, .rdpid, .xbegin, .fxsave: false
            }
        }

        /// Its outcome is chance, or another on each core of one processor.
        package var isUnpredictable: Bool {
            switch self {
            case .rdrand, .rdseed, .rdpid, .xbegin: true
            case .cpuid, .xgetbv, .xsave, .xsaveopt, .xsavec, .xrstor, .fxsave: false
            }
        }
    }

    /// Base, index, scale, displacement and segment of an operand in memory (SDM volume 1, section 3.7.5).
    package struct MemoryOperand: Hashable, Sendable {
        package enum Segment: Hashable, Sendable { case flat, fs, gs }

        package var segment: Segment = .flat
        package var base: GeneralRegister?
        package var index: GeneralRegister?
        package var scale: UInt8 = 1
        /// With an operand relative to RIP, the address of the next instruction is added here.
        package var displacement: UInt64 = 0
        /// The address is truncated to 32 bits (prefix 67).
        package var isShort = false

        /// The address that the operand has with these registers.
        package func address(_ registers: Registers) -> GuestAddress {
            var address = displacement
            if let base { address &+= registers[base] }
            if let index { address &+= registers[index] &* UInt64(scale) }
            if isShort { address &= 0xffff_ffff }
            switch segment {
            case .flat: break
            case .fs: address &+= registers.fsBase
            case .gs: address &+= registers.gsBase
            }
            return GuestAddress(address)
        }
    }

    package let kind: Kind
    package let address: GuestAddress
    /// In bytes.
    package let length: Int
    /// The XSAVE or FXSAVE area.
    package let memory: MemoryOperand?
    /// What RDRAND, RDSEED and RDPID write.
    package let register: GeneralRegister?
    /// In bytes: of `register`; 8 for an XSAVE area with 64-bit pointers (REX.W).
    package let operandSize: Int
    /// Where XBEGIN goes when the transaction is aborted.
    package let target: GuestAddress?

    init(
        kind: Kind, address: GuestAddress, length: Int, memory: MemoryOperand? = nil, register: GeneralRegister? = nil,
        operandSize: Int = 8, target: GuestAddress? = nil
    ) {
        self.kind = kind
        self.address = address
        self.length = length
        self.memory = memory
        self.register = register
        self.operandSize = operandSize
        self.target = target
    }

    /// The address of the instruction that follows in memory.
    package var next: GuestAddress { address + UInt64(length) }
}

extension Registers {
    /// The register with its number in machine code.
    package subscript(register: GeneralRegister) -> UInt64 {
        get { self[Self.index(of: register)] }
        set { self[Self.index(of: register)] = newValue }
    }

    private static func index(of register: GeneralRegister) -> Int {
        switch register {
        case .rax: 10
        case .rcx: 11
        case .rdx: 12
        case .rbx: 5
        case .rsp: 19
        case .rbp: 4
        case .rsi: 13
        case .rdi: 14
        case .r8: 9
        case .r9: 8
        case .r10: 7
        case .r11: 6
        case .r12: 3
        case .r13: 2
        case .r14: 1
        case .r15: 0
        }
    }
}
