import FoundationEssentials
import LinuxABI
import Testing

@testable import MachineCode

@Suite struct AreaStubTests {
    private static let hasXSAVE: Bool = {
        let text = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
        return text.split(whereSeparator: \.isWhitespace).contains("xsave")
    }()

    private let address = GuestAddress(0x7F00_0000_1000)
    private let base = GuestAddress(0x7EFF_C000_0000)

    private func stub(_ bytes: [UInt8], mask: UInt64 = 7) -> AreaStub? {
        sensitive(bytes, at: address).flatMap { AreaStub($0, base: base, mask: mask) }
    }

    /// xsave64 0x40(%rsp); xrstor64 0x40(%rsp): as ld.so has them.
    private let save: [UInt8] = [0x48, 0x0F, 0xAE, 0x64, 0x24, 0x40]
    private let restore: [UInt8] = [0x48, 0x0F, 0xAE, 0x6C, 0x24, 0x40]

    /// The stub's instructions: all bytes decode.
    private func instructions(_ stub: AreaStub) throws -> [Instruction] {
        var found: [Instruction] = []
        var offset = 0
        while offset < stub.code.count {
            let instruction = try #require(
                decoded(stub.code[offset...].prefix(15), at: stub.base + UInt64(offset)), "at \(offset)")
            found.append(instruction)
            offset += instruction.length
        }
        return found
    }

    @Test func thePatchJumpsThereAndTheStubJumpsBack() throws {
        for bytes in [save, restore] {
            let stub = try #require(self.stub(bytes))
            let patch = try #require(stub.patch)
            #expect(patch.count == bytes.count)
            #expect(decoded(patch, at: address)?.directTarget == base)
            #expect(patch[5...].allSatisfy { $0 == 0x90 })
            let all = try instructions(stub)
            #expect(all.contains { $0.directTarget == address + UInt64(bytes.count) })
            #expect(stub.code.count <= AreaStub.longest)
        }
    }

    @Test func theMaskIsApplied() throws {
        for mask in [3, 7, 0xE7] as [UInt64] {
            let stub = try #require(self.stub(save, mask: mask))
            // and $mask, %eax; xor %edx, %edx; xsave64 (%rcx)
            let bytes: [UInt8] = [0x25, UInt8(mask), 0, 0, 0, 0x31, 0xD2, 0x48, 0x0F, 0xAE, 0x21]
            let place = try #require((0..<stub.code.count - 10).first { Array(stub.code[$0..<$0 + 11]) == bytes })
            #expect(stub.accessAddress == base + UInt64(place + 7))
        }
        #expect(stub(save, mask: 1 << 62 | 7) == nil)
    }

    @Test func onlySavesOfX87EndAtATrap() throws {
        let saving = try #require(stub(save))
        let trap = try #require(saving.trapAddress)
        #expect(saving.code[Int(trap - base)] == 0xF4)
        #expect(stub(restore)?.trapAddress == nil)
        // 32-bit forms have no REX.W.
        let short = try #require(stub([0x0F, 0xAE, 0x64, 0x24, 0x40]))
        #expect(short.code[Int(short.accessAddress - base)] == 0x0F)
    }

    @Test(
        arguments: [
            // Too short; of another kind; %fs:, (%esp): operands that are not of the usual kind
            [0x0F, 0xAE, 0x20], [0x48, 0x0F, 0xC7, 0x64, 0x24, 0x40], [0x0F, 0xAE, 0x44, 0x24, 0x40],
            [0x64, 0x0F, 0xAE, 0x64, 0x24, 0x40], [0x67, 0x0F, 0xAE, 0x64, 0x24, 0x40],
            // 0x7fffffff(%rsp): does not fit any more with what is on the stack
            [0x0F, 0xAE, 0xA4, 0x24, 0xFF, 0xFF, 0xFF, 0x7F],
        ] as [[UInt8]])
    func othersHaveNone(bytes: [UInt8]) { #expect(stub(bytes) == nil) }

    @Test func stubsBeyondReachHaveNoUse() {
        let far = sensitive(save, at: address).flatMap { AreaStub($0, base: GuestAddress(0x1000_0000), mask: 7) }
        #expect(far?.patch == nil)
    }

    @Test func faultsAreThoseOfTheInstruction() throws {
        let stub = try #require(self.stub(save))
        var registers = Registers.numbered
        registers.instructionPointer = stub.accessAddress
        let stack: [UInt64: UInt64] = [
            registers.rsp: 0xC0, registers.rsp + 8: 0xD0, registers.rsp + 16: 0xA0, registers.rsp + 24: 0x246,
        ]
        let own = try #require(stub.registersAtFault(registers, readWord: { stack[$0.rawValue] }))
        var expected = registers
        (expected.rcx, expected.rdx, expected.rax, expected.eflags) = (0xC0, 0xD0, 0xA0, 0x246)
        expected.instructionPointer = address
        expected.rsp = registers.rsp + 0xA0
        #expect(own == expected)
        #expect(stub.registersAtFault(registers, readWord: { _ in nil }) == nil)
        // At the trap only the place differs.
        registers.instructionPointer = try #require(stub.trapAddress)
        expected = registers
        expected.instructionPointer = address
        #expect(stub.registersAtFault(registers, readWord: { _ in nil }) == expected)
        registers.instructionPointer = stub.base
        #expect(stub.registersAtFault(registers, readWord: { stack[$0.rawValue] }) == nil)
    }

    /// The stub leaves registers, flags and the stack as XSAVE does, and writes what XSAVE writes for the mask.
    @Test(.enabled(if: hasXSAVE, "this machine has no XSAVE"))
    func itWorks() throws {
        let arena = ExecutableArena()
        // xsave64 0(%rbx), with a displacement of 32 bits: there is room for a jump.
        let bytes: [UInt8] = [0x48, 0x0F, 0xAE, 0xA3, 0, 0, 0, 0]
        let site = arena.body
        let instruction = try #require(sensitive(bytes, at: site))
        let stub = try #require(AreaStub(instruction, base: arena.stub, mask: 3))
        arena.write(stub.code, at: arena.stub)
        let patch = try #require(stub.patch)
        arena.write(body: patch)
        var state = ExecutableArena.State()
        for register in 0..<16 { state.registers[register] = 0x1111 * UInt64(register + 1) }
        for vector in 0..<32 { state.vectors[vector] = 0x0101_0101_0101_0101 * UInt64(vector + 1) }
        let area = arena.data + 0x400 + 0x800
        for word in UInt64(0)..<72 { arena[word: area + 8 * word] = word < 64 ? 0xA5A5_A5A5_A5A5_A5A5 : 0 }
        state.registers[3] = area.rawValue
        // Everything but x87 is asked for, and two of it are allowed.
        (state.registers[0], state.registers[2]) = (0xFFFF_FFFE, 0xFFFF_FFFF)
        let after = arena.run(from: state)
        #expect(after.registers[0..<4] == state.registers[0..<4])
        #expect(after.registers[5...] == state.registers[5...])
        #expect(after.vectors == state.vectors)
        #expect(after.belowStack.prefix(16) == state.belowStack.prefix(16), "the red zone")
        #expect((0..<32).map { arena[word: area + 160 + 8 * $0] } == state.vectors)
        #expect(arena[word: area] == 0xA5A5_A5A5_A5A5_A5A5)
        #expect(arena[word: area + 24] >> 32 == 0xFFFF)
        #expect(arena[word: area + 512] & 2 == 2)
        #expect(arena[word: area + 512] & ~3 == 0)
    }
}
