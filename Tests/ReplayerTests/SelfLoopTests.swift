import LinuxABI
import Testing

@testable import Replayer

@Suite struct SelfLoopTests {
    private let address = GuestAddress(0x1000)

    private func registers(rcx: UInt64, eflags: UInt64 = 0) -> Registers {
        var registers = Registers()
        registers.rcx = rcx
        registers.eflags = eflags
        return registers
    }

    @Test(
        arguments: [
            // To elsewhere, jrcxz, an ordinary jump to itself, and something else.
            [0xe2, 0xfd], [0xe3, 0xfe], [0xeb, 0xfe], [0x90, 0x90], [0xe2],
        ] as [[UInt8]])
    func othersAreNone(code: [UInt8]) { #expect(SelfLoop(code: code, at: address) == nil) }

    @Test func countsDownToTheRecordedValue() throws {
        let loop = try #require(SelfLoop(code: [0xe2, 0xfe, 0x90], at: address))
        let now = registers(rcx: 1000)
        #expect(loop.passes(from: now, to: registers(rcx: 1000)) == 0)
        #expect(loop.passes(from: now, to: registers(rcx: 990)) == 10)
        #expect(loop.registers(after: 10, now).rcx == 990)
        #expect(loop.passes(from: now, to: registers(rcx: 1)) == 999)
        // With 0 it has left the loop; and it never counts up.
        #expect(loop.passes(from: now, to: registers(rcx: 0)) == nil)
        #expect(loop.passes(from: now, to: registers(rcx: 1001)) == nil)
        #expect(loop.furtherPasses(now) == 999)
    }

    @Test func zeroIsTheLongestCount() throws {
        let loop = try #require(SelfLoop(code: [0xe2, 0xfe], at: address))
        #expect(loop.furtherPasses(registers(rcx: 0)) == .max)
        #expect(loop.passes(from: registers(rcx: 0), to: registers(rcx: .max)) == 1)
    }

    @Test func ecxLosesTheUpperHalf() throws {
        let loop = try #require(SelfLoop(code: [0x67, 0xe2, 0xfd], at: address))
        let now = registers(rcx: 0x5_0000_0010)
        #expect(loop.furtherPasses(now) == 15)
        #expect(loop.passes(from: now, to: registers(rcx: 0xf)) == 1)
        #expect(loop.passes(from: now, to: registers(rcx: 0x5_0000_000f)) == nil)
        #expect(loop.registers(after: 0, now) == now)
        #expect(loop.registers(after: 1, now).rcx == 0xf)
    }

    @Test func aConditionEndsIt() throws {
        let zero: UInt64 = 0x40
        let whileEqual = try #require(SelfLoop(code: [0xe1, 0xfe], at: address))
        #expect(whileEqual.furtherPasses(registers(rcx: 9)) == 0)
        #expect(whileEqual.furtherPasses(registers(rcx: 9, eflags: zero)) == 8)
        let whileDifferent = try #require(SelfLoop(code: [0xe0, 0xfe], at: address))
        #expect(whileDifferent.furtherPasses(registers(rcx: 9)) == 8)
        #expect(whileDifferent.furtherPasses(registers(rcx: 9, eflags: zero)) == 0)
    }

    @Test func aBreakpointHidesTheFirstByteOnly() throws {
        let loop = try #require(SelfLoop(code: [0xe2, 0xfe], at: address))
        #expect(loop.stands(in: [0xcc, 0xfe]))
        #expect(!loop.stands(in: [0xe2, 0xfd]))
    }
}
