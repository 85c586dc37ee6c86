import LinuxABI
import Testing

@testable import MachineCode

@Suite struct InstructionTests {
    private let start = GuestAddress(0x40_1000)

    private func decode(_ bytes: [UInt8]) -> Instruction? { Instruction.decode(bytes.span, at: start) }

    @Test func branchesHaveKindsAndTargets() {
        #expect(decode([0xE8, 0x10, 0, 0, 0])?.kind == .call)
        #expect(decode([0xE8, 0x10, 0, 0, 0])?.callTarget == start + 0x15)
        #expect(decode([0xFF, 0xD0])?.kind == .call)
        #expect(decode([0xC3])?.kind == .return)
        #expect(decode([0xF3, 0xC3])?.kind == .return, "repz ret")
        #expect(decode([0xEB, 0xFE])?.kind == .jump(target: start))
        #expect(decode([0xE9, 0xFB, 0xFF, 0xFF, 0xFF])?.kind == .jump(target: start))
        #expect(decode([0xFF, 0xE0])?.kind == .jump(target: nil))
        #expect(decode([0x3E, 0xFF, 0x24, 0xC5, 0, 0, 0, 0])?.kind == .jump(target: nil), "notrack, by table")
        #expect(decode([0x74, 0x7F])?.kind == .conditionalJump(target: start + 0x81))
        #expect(decode([0x0F, 0x8F, 0, 0, 0, 0x80])?.kind == .conditionalJump(target: start + 6 - 0x8000_0000))
        for opcode: UInt8 in 0xE0...0xE3 {
            #expect(decode([opcode, 0x10])?.kind == .loop(target: start + 0x12))
        }
    }

    @Test(
        arguments: [
            [0x0F, 0x05], [0x0F, 0x34], [0xCD, 0x80], [0xCC], [0xF1], [0x48, 0xCF], [0xF4], [0x0F, 0x0B],
            [0x0F, 0xB9, 0xC0], [0x0F, 0xFF, 0xC0], [0x0F, 0x31], [0x0F, 0x01, 0xF9], [0x0F, 0xA2], [0x0F, 0x01, 0xD0],
            [0x0F, 0xC7, 0xF0], [0x0F, 0xC7, 0xF8], [0xF3, 0x0F, 0xC7, 0xF8], [0xC7, 0xF8, 0, 0, 0, 0],
            [0x0F, 0x01, 0xD5], [0xC6, 0xF8, 0], [0xE4, 0x10], [0xEE], [0x6C], [0xFA], [0xFB], [0x0F, 0x33],
            [0x0F, 0x01, 0x07], [0x0F, 0x03, 0xC0], [0x66, 0x0F, 0xAE, 0xF0], [0x48, 0xFF, 0x2F],
        ] as [[UInt8]])
    func whatARecorderHasToSeeLeavesUserMode(bytes: [UInt8]) {
        #expect(decode(bytes)?.kind == .leavesUserMode)
        #expect(decode(bytes)?.length == bytes.count)
    }

    @Test func prefixesAreSeen() {
        #expect(decode([0xF3, 0xAA])?.isRepeated == true)
        #expect(decode([0xF2, 0xAE])?.isRepeated == true)
        #expect(decode([0xF3, 0xA6])?.isRepeated == true)
        #expect(decode([0xAA])?.isRepeated == false)
        #expect(decode([0xF3, 0x90])?.isRepeated == false, "pause")
        #expect(decode([0xF3, 0x0F, 0x10, 0x07])?.isRepeated == false, "movss")
        #expect(decode([0xF0, 0x48, 0x83, 0x07, 0x01])?.hasLock == true)
        #expect(decode([0x48, 0x83, 0x07, 0x01])?.hasLock == false)
        #expect(decode([0xF3, 0x0F, 0x1E, 0xFA])?.isLandingPad == true)
    }

    @Test func operandsRelativeToRIPAreFound() {
        let comparison = decode([0x81, 0x3D, 0x00, 0x01, 0, 0, 1, 2, 3, 4])
        #expect(comparison?.ripDisplacementOffset == 2)
        #expect(comparison?.ripTarget == start + 0x10A)
        let load = decode([0x48, 0x8B, 0x05, 0xF9, 0xFF, 0xFF, 0xFF])
        #expect(load?.ripDisplacementOffset == 3)
        #expect(load?.ripTarget == start)
        #expect(decode([0xC5, 0xFC, 0x10, 0x05, 0, 0, 0, 0])?.ripDisplacementOffset == 4, "vmovups")
        #expect(decode([0x48, 0x8B, 0x04, 0x25, 0, 1, 0, 0])?.ripTarget == nil, "absolute")
        #expect(decode([0x48, 0x8B, 0x85, 0, 1, 0, 0])?.ripTarget == nil)
        let short = decode([0x67, 0x48, 0x8B, 0x05, 0, 0, 0, 0])
        #expect(short?.ripTarget == nil)
        #expect(short?.isRelocatable == false, "relative to EIP")
    }

    @Test func whatDependsOnItsAddressIsNotRelocatable() {
        #expect(decode([0xD9, 0x05, 0, 0, 0, 0])?.isRelocatable == false, "flds leaves FIP")
        #expect(decode([0x66, 0xE9, 0, 0, 0, 0])?.isRelocatable != true, "a 16-bit branch or none")
        #expect(decode([0x0F, 0x6F, 0x05, 0, 0, 0, 0])?.isRelocatable == true, "movq to mm0 leaves none")
    }

    @Test func whatIsNoInstructionIsNil() {
        #expect(decode([]) == nil)
        #expect(decode([0x06]) == nil)
        #expect(decode([0x48, 0x8B, 0x05, 0, 0, 0]) == nil, "cut short")
        #expect(decode([UInt8](repeating: 0x66, count: 15) + [0x90]) == nil, "too long")
    }

    @Test func aSweepFindsTargets() {
        // je 1f; call start; 1: jmp *%rax; (bad); nop
        let bytes: [UInt8] = [0x74, 0x05, 0xE8, 0xF9, 0xFF, 0xFF, 0xFF, 0xFF, 0xE0]
        let function = FunctionCode(start: start, bytes: bytes.span)
        #expect(function.addresses == start..<start + 9)
        #expect(function.directTargets == [start + 7, start])
        #expect(function.hasIndirectJumps && function.isDecodable && !function.hasKnownTargets)
        for offset: UInt64 in 0..<10 {
            #expect(function.hasInstruction(at: start + offset) == [0, 2, 7].contains(offset))
        }
        var other = FunctionCode(start: start + 100, bytes: ([0x06, 0x90] as [UInt8]).span)
        #expect(!other.isDecodable && other.hasInstruction(at: start + 101) && !other.hasInstruction(at: start + 100))
        other.insertTargets(of: function)
        other.insert(target: start + 3)
        #expect(other.directTargets == [start + 7, start, start + 3])
        #expect(other.hasIndirectJumps)
    }
}
