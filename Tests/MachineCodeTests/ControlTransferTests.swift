import LinuxABI
import Testing

@testable import MachineCode

@Suite struct ControlTransferTests {
    private let start = GuestAddress(0x40_1000)

    @Test func jumpsAndCallsAreDecoded() {
        #expect(transfer([0xEB, 0x10])?.kind == .jump(.address(start + 0x12)))
        #expect(transfer([0xE9, 0xFB, 0xFF, 0xFF, 0xFF])?.kind == .jump(.address(start)))
        #expect(transfer([0xE8, 0, 1, 0, 0])?.kind == .call(.address(start + 0x105)))
        #expect(transfer([0xFF, 0xE0])?.kind == .jump(.register(.rax)))
        #expect(transfer([0x41, 0xFF, 0xD3])?.kind == .call(.register(.r11)))
        #expect(transfer([0x3E, 0xFF, 0xE2])?.kind == .jump(.register(.rdx)), "notrack")
        #expect(transfer([0xC3])?.kind == .return(0))
        #expect(transfer([0xF3, 0xC3])?.kind == .return(0))
        #expect(transfer([0xC2, 0x08, 0x01])?.kind == .return(0x108))
        #expect(transfer([0x75, 0xFE])?.kind == .conditional(5, start))
        #expect(transfer([0x0F, 0x8F, 0, 0, 0, 0])?.kind == .conditional(15, start + 6))
        #expect(transfer([0xE8, 0, 1, 0, 0])?.next == start + 5)
        let table = transfer([0xFF, 0x24, 0xC5, 0, 0x20, 0, 0])
        guard case .jump(.memory(let operand)) = table?.kind else {
            return #expect(Bool(false), "jmp *0x2000(,%rax,8)")
        }
        #expect(operand.index == .rax && operand.scale == 8 && operand.displacement == 0x2000)
        guard case .call(.memory(let relative)) = transfer([0xFF, 0x15, 0, 1, 0, 0])?.kind else {
            return #expect(Bool(false), "call *0x100(%rip)")
        }
        #expect(relative.address(Registers()) == start + 0x106)
    }

    @Test(
        arguments: [
            [0x90], [0x0F, 0x05], [0xE2, 0xFE], [0xE3, 0xFE], [0xCB], [0xFF, 0x28], [0xFF, 0x18], [0xCF], [0xCC],
            [0xF4], [0xFF, 0x30], [0x06],
        ] as [[UInt8]])
    func othersAreNone(bytes: [UInt8]) { #expect(transfer(bytes) == nil) }

    private func run(_ bytes: [UInt8], _ registers: Registers, memory: [UInt64: UInt64] = [:])
        -> ControlTransfer.Outcome?
    {
        transfer(bytes)?.execute(registers, readWord: { memory[$0.rawValue] })
    }

    @Test func jumpsOnlyMove() throws {
        var registers = Registers.numbered
        registers.rip = start.rawValue
        var after = registers
        after.rip = 0x40_1012
        #expect(run([0xEB, 0x10], registers)?.registers == after)
        after.rip = registers.r9
        #expect(run([0x41, 0xFF, 0xE1], registers)?.registers == after)
        after.rip = 0x1234
        // jmp *8(%rbx)
        #expect(run([0xFF, 0x63, 0x08], registers, memory: [registers.rbx + 8: 0x1234])?.registers == after)
        #expect(run([0xFF, 0x63, 0x08], registers) == nil)
        #expect(run([0xEB, 0x10], registers)?.pushed == nil)
    }

    @Test func callsPushAndReturnsPop() throws {
        var registers = Registers.numbered
        registers.rip = start.rawValue
        let call = try #require(run([0xE8, 0, 1, 0, 0], registers))
        #expect(call.registers.rip == 0x40_1105 && call.registers.rsp == registers.rsp - 8)
        let pushed = try #require(call.pushed)
        #expect(pushed.address == GuestAddress(registers.rsp - 8) && pushed.value == 0x40_1005)
        // call *%rsp: the target is that before the push; call *8(%rsp), too.
        #expect(run([0xFF, 0xD4], registers)?.registers.rip == registers.rsp)
        let far = run([0xFF, 0x54, 0x24, 0x08], registers, memory: [registers.rsp + 8: 0x77])
        #expect(far?.registers.rip == 0x77 && far?.pushed?.value == 0x40_1004)
        let stack = [registers.rsp: UInt64(0x5555)]
        let back = try #require(run([0xC3], registers, memory: stack))
        #expect(back.registers.rip == 0x5555 && back.registers.rsp == registers.rsp + 8 && back.pushed == nil)
        #expect(run([0xC2, 0x10, 0], registers, memory: stack)?.registers.rsp == registers.rsp + 24)
        #expect(run([0xC3], registers) == nil, "an unreadable stack")
    }

    /// SDM volume 1, appendix B: for each of the 32 combinations of CF, PF, ZF, SF and OF.
    @Test func conditionsHoldAsTheManualSays() {
        for combination in UInt64(0)..<32 {
            let carry = combination & 1 != 0
            let parity = combination & 2 != 0
            let zero = combination & 4 != 0
            let sign = combination & 8 != 0
            let overflow = combination & 16 != 0
            var registers = Registers()
            registers.eflags =
                0x202 | (carry ? 1 : 0) | (parity ? 4 : 0) | (zero ? 0x40 : 0) | (sign ? 0x80 : 0)
                | (overflow ? 0x800 : 0)
            let expected = [
                overflow, !overflow, carry, !carry, zero, !zero, carry || zero, !carry && !zero, sign, !sign, parity,
                !parity, sign != overflow, sign == overflow, zero || sign != overflow, !zero && sign == overflow,
            ]
            for (code, holds) in expected.enumerated() {
                let outcome = run([0x70 | UInt8(code), 0x20], registers)
                #expect(outcome?.registers.rip == (holds ? 0x40_1022 : 0x40_1002), "j\(code), \(combination)")
            }
        }
    }
}
