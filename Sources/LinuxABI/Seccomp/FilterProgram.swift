/// A seccomp filter: a program of classic BPF that looks at a system call and says what becomes of it.
///
/// What may stand in one is checked by the kernel when the filter is installed (net/core/filter.c, bpf_check_classic;
/// kernel/seccomp.c, seccomp_check_filter): `run` is for programs that have passed.
package struct FilterProgram: Hashable, Sendable {
    package var instructions: [FilterInstruction]

    /// BPF_MAXINSNS.
    package static let longest = 4096

    package init(_ instructions: [FilterInstruction]) { self.instructions = instructions }

    /// - Parameter bytes: an array of `struct sock_filter`.
    package init(bytes: [UInt8]) {
        instructions = stride(from: 0, to: bytes.count - bytes.count % FilterInstruction.size, by: 8).map { start in
            let word = bytes[start..<start + 8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
            return FilterInstruction(
                UInt16(truncatingIfNeeded: word), UInt32(truncatingIfNeeded: word >> 32),
                ifTrue: UInt8(truncatingIfNeeded: word >> 16), ifFalse: UInt8(truncatingIfNeeded: word >> 24))
        }
    }

    /// The array of `struct sock_filter`.
    package var bytes: [UInt8] {
        instructions.flatMap { instruction in
            let word =
                UInt64(instruction.code) | UInt64(instruction.ifTrue) << 16 | UInt64(instruction.ifFalse) << 24
                | UInt64(instruction.operand) << 32
            return (0..<8).map { UInt8(truncatingIfNeeded: word >> ($0 * 8)) }
        }
    }

    /// The same program, valid or not as this one, which allows every call: all that it returns is SECCOMP_RET_ALLOW.
    package var permissive: FilterProgram {
        FilterProgram(
            instructions.map {
                switch $0.code {
                case FilterInstruction.returnConstant, FilterInstruction.returnAccumulator:
                    FilterInstruction(
                        FilterInstruction.returnConstant, SeccompVerdict.Action.allow.rawValue, ifTrue: $0.ifTrue,
                        ifFalse: $0.ifFalse)
                default: $0
                }
            })
    }

    /// The permissive program, but that it returns SECCOMP_RET_USER_NOTIF for one instruction pointer.
    package func notifying(at address: GuestAddress) -> FilterProgram {
        let low = UInt32(truncatingIfNeeded: address.rawValue)
        let high = UInt32(truncatingIfNeeded: address.rawValue >> 32)
        return FilterProgram(
            [
                FilterInstruction(FilterInstruction.loadWord, 8),
                FilterInstruction(FilterInstruction.jumpIfEqual, low, ifFalse: 3),
                FilterInstruction(FilterInstruction.loadWord, 12),
                FilterInstruction(FilterInstruction.jumpIfEqual, high, ifFalse: 1),
                FilterInstruction(FilterInstruction.returnConstant, SeccompVerdict.Action.notify.rawValue),
            ] + permissive.instructions)
    }

    /// What the program returns for a call.
    ///
    /// Jumps lead forward only, so that it ends. Documentation/networking/filter.rst has the instructions.
    package func run(on data: SeccompData) -> UInt32 {
        var accumulator: UInt32 = 0
        var index: UInt32 = 0
        var memory = SIMD16<UInt32>()
        var position = 0
        while position < instructions.count {
            let instruction = instructions[position]
            let operand = instruction.operand
            position += 1
            switch instruction.code {
            case 0x20: accumulator = data.word(at: operand)  // ld [k]
            case 0x80: accumulator = SeccompData.size  // ld len
            case 0x00: accumulator = operand  // ld #k
            case 0x60: accumulator = memory[Int(operand % 16)]  // ld M[k]
            case 0x81: index = SeccompData.size  // ldx len
            case 0x01: index = operand  // ldx #k
            case 0x61: index = memory[Int(operand % 16)]  // ldx M[k]
            case 0x02: memory[Int(operand % 16)] = accumulator  // st
            case 0x03: memory[Int(operand % 16)] = index  // stx
            case 0x07: index = accumulator  // tax
            case 0x87: accumulator = index  // txa
            case 0x06: return operand  // ret #k
            case 0x16: return accumulator  // ret a
            case 0x05: position += Int(operand)  // ja
            case let code where code & 7 == 5:
                let other = code & 8 == 0 ? operand : index
                let isTrue =
                    switch code & 0xf0 {
                    case 0x10: accumulator == other
                    case 0x20: accumulator > other
                    case 0x30: accumulator >= other
                    default: accumulator & other != 0
                    }
                position += Int(isTrue ? instruction.ifTrue : instruction.ifFalse)
            case let code where code & 7 == 4:
                guard let result = Self.compute(code & 0xf0, accumulator, code & 8 == 0 ? operand : index) else {
                    return 0
                }
                accumulator = result
            default: return 0
            }
        }
        return 0
    }

    /// - Returns: nil for a division by zero, which ends the program with 0.
    private static func compute(_ operation: UInt16, _ left: UInt32, _ right: UInt32) -> UInt32? {
        switch operation {
        case 0x00: left &+ right
        case 0x10: left &- right
        case 0x20: left &* right
        case 0x30: right == 0 ? nil : left / right
        case 0x40: left | right
        case 0x50: left & right
        case 0x60: left << (right & 31)
        case 0x70: left >> (right & 31)
        case 0x80: 0 &- left
        case 0x90: right == 0 ? nil : left % right
        default: left ^ right
        }
    }
}
