import LinuxABI
import Testing
import Tracee

@testable import Recorder

@Suite struct DeadStackTests {
    private let map = MemoryMap(
        parsing: Array(
            """
            10000-20000 rw-p 00000000 00:00 0
            30000-31000 ---p 00000000 00:00 0
            31000-39000 rw-p 00000000 00:00 0
            7ff000-800000 rw-p 00000000 00:00 0  [stack]

            """.utf8))

    private func registers(stack: UInt64, thread: UInt64 = 0x38f00) -> Registers {
        var registers = Registers()
        registers.rsp = stack
        registers.fsBase = thread
        return registers
    }

    private func ranges(_ threads: Registers...) -> [Range<UInt64>] {
        DeadStack.ranges(of: threads, in: map).map { $0.lowerBound.rawValue..<$0.upperBound.rawValue }
    }

    @Test func theRedZoneCounts() {
        #expect(ranges(registers(stack: 0x7ff800)) == [0x7ff000..<0x7ff780])
        #expect(ranges(registers(stack: 0x7ff081)) == [0x7ff000..<0x7ff001])
        #expect(ranges(registers(stack: 0x7ff080)).isEmpty)
    }

    @Test func stacksOfTheCLibraryAreKnownByTheirGuardAndTheirThread() {
        #expect(ranges(registers(stack: 0x35000)) == [0x31000..<0x34f80])
        #expect(ranges(registers(stack: 0x35000, thread: 0x100_0000)).isEmpty, "the stack of a coroutine")
        #expect(ranges(registers(stack: 0x35000, thread: 0x34000)).isEmpty)
        #expect(ranges(registers(stack: 0x15000, thread: 0x1f000)).isEmpty, "no guard: other things may be below")
        #expect(ranges(registers(stack: 0x25000)).isEmpty, "not mapped")
    }

    @Test func aChildOnItsParentsStackIsAlive() {
        let both = [0x7ff000..<0x7ff380] as [Range<UInt64>]
        #expect(ranges(registers(stack: 0x7ff800), registers(stack: 0x7ff400)) == both)
        #expect(ranges(registers(stack: 0x7ff400), registers(stack: 0x7ff800)) == both)
        #expect(ranges(registers(stack: 0x7ff400), registers(stack: 0x35000)).count == 2)
    }

    @Test(
        arguments: [
            ([], []),
            ([1..<2], [1..<2]),
            ([0x30..<0x32, 0x38..<0x3a], [0x30..<0x31, 0x38..<0x3a]),
            ([0x31..<0x34], []),
            ([0x32..<0x37], [0x34..<0x37]),
            ([0x20..<0x40], [0x20..<0x31, 0x34..<0x40]),
        ] as [([Range<UInt64>], [Range<UInt64>])])
    func wholePagesAreCutOut(runs: [Range<UInt64>], rest: [Range<UInt64>]) {
        #expect(DeadStack.remove([GuestAddress(0x31000)..<GuestAddress(0x34f80)], from: runs) == rest)
    }
}
