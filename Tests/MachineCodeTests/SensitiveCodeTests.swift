import LinuxABI
import Testing

@testable import MachineCode

@Suite struct SensitiveCodeTests {
    private let start = GuestAddress(0x40_0000)

    /// - Parameters:
    ///   - functions: by distances from the start of the bytes.
    ///   - from: where the stretch begins in the bytes, and how long it is.
    private func scan(_ bytes: [UInt8], functions: [Range<Int>], from: Int = 0, limit: Int? = nil) -> SensitiveCode {
        let part = Array(bytes[from...])
        return SensitiveCode(
            start: start + UInt64(from), bytes: part.span, limit: limit ?? part.count,
            function: { address in
                let offset = Int(address - start)
                guard let function = functions.first(where: { $0.contains(offset) }) else { return nil }
                return start + UInt64(function.lowerBound)..<start + UInt64(function.upperBound)
            },
            read: { address, count in
                let offset = Int(address - start)
                return offset + count <= bytes.count ? Array(bytes[offset..<offset + count]) : nil
            })
    }

    private func offsets(_ code: SensitiveCode) -> [UInt64] { code.instructions.map { $0.address - start } }

    /// xor %ecx, %ecx; xgetbv; push %rbx; cpuid; pop %rbx; ret
    private let function: [UInt8] = [0x31, 0xC9, 0x0F, 0x01, 0xD0, 0x53, 0x0F, 0xA2, 0x5B, 0xC3]

    @Test func functionsAreDecoded() {
        let code = scan([0x90] + function + [0x90] + function, functions: [1..<11, 12..<22])
        #expect(offsets(code) == [3, 7, 14, 18])
        #expect(code.instructions.map(\.kind) == [.xgetbv, .cpuid, .xgetbv, .cpuid])
        #expect(code.unresolved.isEmpty)
    }

    @Test func whatNoTableDescribesIsUnresolved() {
        let code = scan(function + function, functions: [10..<20])
        #expect(offsets(code) == [12, 16])
        #expect(code.unresolved == [start + 2, start + 6])
        #expect(scan(function, functions: []).unresolved.count == 2)
        #expect(scan([], functions: []) == SensitiveCode())
    }

    @Test func bytesInsideOfInstructionsAreNone() {
        // mov $0x0fa20fa2, %eax; movabs $0xd0010fa20f, %rcx; ret
        let bytes: [UInt8] = [0xB8, 0xA2, 0x0F, 0xA2, 0x0F, 0x48, 0xB9, 0x0F, 0xA2, 0x0F, 0x01, 0xD0, 0, 0, 0, 0xC3]
        #expect(!candidates(bytes).isEmpty)
        #expect(scan(bytes, functions: [0..<16]) == SensitiveCode())
    }

    @Test func dataBetweenInstructionsLeavesWhatFollowsOpen() {
        // cpuid; ret; what is no instruction; cpuid; ret
        let bytes: [UInt8] = [0x0F, 0xA2, 0xC3, 0x06, 0x06, 0x0F, 0xA2, 0xC3]
        let code = scan(bytes, functions: [0..<8])
        #expect(offsets(code) == [0] && code.unresolved == [start + 5])
    }

    @Test func aFunctionMayBeginBeforeTheStretchAndEndBehindIt() {
        // The second instruction of the function is where the stretch begins, and bytes before would decode otherwise.
        let code = scan(function, functions: [0..<10], from: 5)
        #expect(offsets(code) == [6])
        // The xgetbv begins in the stretch and ends behind it; cpuid is of the next.
        let cut = scan(function, functions: [0..<10], limit: 4)
        #expect(offsets(cut) == [2])
        var both = cut
        both.append(scan(function, functions: [0..<10], from: 4))
        #expect(offsets(both) == [2, 6] && both.unresolved.isEmpty)
    }

    @Test func memoryThatCannotBeReadAndEndlessFunctionsAreUnresolved() {
        #expect(scan(function, functions: [0..<100]).unresolved == [start + 2, start + 6])
        #expect(scan(function, functions: [0..<(17 << 20)]).unresolved.count == 2)
    }

    @Test func dataInAFunctionIsNoCode() {
        // jmp over cpuid; ret: what stands there decodes, and nothing leads to it.
        let jump: [UInt8] = [0xEB, 0x02, 0x0F, 0xA2, 0xC3]
        #expect(scan(jump, functions: [0..<5]).unresolved == [start + 2])
        // int3 and its argument, with which a sweep falls out of step: 99 28, then mov %r11, %rax as 28 49 8B; C3
        let trap: [UInt8] = [0xEB, 0x03, 0xCC, 0x99, 0x28, 0x49, 0x8B, 0xC3, 0x0F, 0xA2, 0xC3]
        #expect(offsets(scan(trap, functions: [0..<11])) == [8])
        // A jump through a table leads to what nothing else leads to.
        let table: [UInt8] = [0xFF, 0x24, 0xC5, 0, 0, 0, 0, 0x0F, 0xA2, 0xC3]
        #expect(offsets(scan(table, functions: [0..<10])) == [7])
        // Not where the sweep contradicts what is reached: je into mov's operand, which is cpuid.
        let contradiction: [UInt8] = [0x74, 0x01, 0xB8, 0x0F, 0xA2, 0xFF, 0xE0, 0x0F, 0xA2]
        let code = scan(contradiction, functions: [0..<9])
        #expect(offsets(code) == [7] && code.unresolved == [start + 3])
    }
}
