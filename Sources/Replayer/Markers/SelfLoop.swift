internal import LinuxABI
internal import MachineCode

/// A `loop`, `loope` or `loopne` that leads to itself. It does nothing but count rcx down, as often as 2^64 times, and
/// each time is a pass of its address: all of them are known beforehand.
struct SelfLoop: Hashable {
    private enum Condition: UInt8 {
        // The opcodes.
        case notEqual = 0xe0
        case equal = 0xe1
        case always = 0xe2
    }

    private let condition: Condition
    /// The bits of rcx that are counted: those of ECX with an address-size prefix.
    private let mask: UInt64
    /// The instruction's bytes.
    private let code: [UInt8]
    private static let addressSizePrefix: UInt8 = 0x67
    /// RFLAGS.ZF.
    private static let zeroFlag: UInt64 = 1 << 6

    /// - Parameter code: memory from `address` on.
    init?(code: [UInt8], at address: GuestAddress) {
        guard let instruction = Instruction.decode(code.span, at: address),
            case .loop(target: address) = instruction.kind, instruction.length >= 2,
            let condition = Condition(rawValue: code[instruction.length - 2])
        else { return nil }
        self.condition = condition
        self.code = Array(code.prefix(instruction.length))
        mask = self.code.dropLast(2).contains(Self.addressSizePrefix) ? 0xffff_ffff : .max
    }

    /// Whether it still stands there.
    ///
    /// - Parameter bytes: the memory at its address now, a breakpoint perhaps among it.
    func stands(in bytes: [UInt8]) -> Bool { bytes.dropFirst() == code.dropFirst() }

    var length: Int { code.count }

    /// How many executions, the one included that is to come, it takes for the thread to leave it, less one.
    func furtherPasses(_ registers: Registers) -> UInt64 {
        let isZero = registers.eflags & Self.zeroFlag != 0
        switch condition {
        case .equal where !isZero, .notEqual where isZero: return 0
        default: return (registers.rcx &- 1) & mask
        }
    }

    /// The registers after a number of executions that lead back to it.
    func registers(after passes: UInt64, _ registers: Registers) -> Registers {
        guard passes > 0 else { return registers }
        var later = registers
        later.rcx = (registers.rcx & mask &- passes) & mask
        return later
    }

    /// After how many executions rcx is what it is to be; nil if it is not while the thread goes round.
    func passes(from registers: Registers, to expected: Registers) -> UInt64? {
        if registers.rcx == expected.rcx { return 0 }
        guard expected.rcx & ~mask == 0 else { return nil }
        let passes = (registers.rcx &- expected.rcx) & mask
        return passes <= furtherPasses(registers) ? passes : nil
    }
}
